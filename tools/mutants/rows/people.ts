import type { Mutant } from "../mutant.ts";

const src = "packages/identity/src";
const atOnce = ["test/identity/tries-at-once.test.ts"];
const counters = ["test/identity/counters.test.ts"];
const pages = ["test/identity/page-protection.test.ts"];
const second = ["test/identity/second-proof.test.ts"];
const totp = [`${src}/factors/totp.test.ts`];
const redirects = [`${src}/policy/redirect-uri.test.ts`];
const cookies = [`${src}/sign-in/cookies.test.ts`];
const codes = ["test/identity/one-time-codes.test.ts"];
const tables = ["test/identity/tables-of-people.test.ts"];

/** How people prove who they are, and how often somebody may guess. */
export const people: readonly Mutant[] = [
  {
    file: "packages/identity/src/sign-in/smtp-mailer.ts",
    find: "if (!oneAddress.test(mail.to))",
    put: 'if (mail.to === "")',
    breaks: "A list of addresses is not sent one person's code.",
    tests: ["test/identity/mail-server.test.ts"],
  },
  {
    file: "packages/identity/src/sign-in/smtp-mailer.ts",
    find: "...(authorities === undefined ? {} : { ca: authorities })",
    put: "rejectUnauthorized: false",
    breaks: "Codes go to the mail server that is meant, and to no other of its name.",
    tests: ["test/identity/mail-server.test.ts"],
  },
  {
    file: `${src}/counting/counted.ts`,
    find: "const guess = { limit: 10,",
    put: "const guess = { limit: 11,",
    breaks: "Ten guesses at one account are judged, and not one more.",
    tests: atOnce,
  },
  {
    file: `${src}/counting/counted.ts`,
    find: "const message = { limit: 5,",
    put: "const message = { limit: 6,",
    breaks: "Five messages are sent, however many are asked for at once.",
    tests: atOnce,
  },
  {
    file: `${src}/counting/counters.ts`,
    find: "      for (const before of keys.slice(0, index)) await this.#giveBack(before);\n",
    put: "",
    breaks: "What is counted in vain is given back.",
    tests: counters,
  },
  {
    file: "packages/server/src/store/tables/counters.ts",
    find: '.where("counters.whole_at", "<=", latest),',
    put: ",",
    breaks: "Counting is one conditional statement: of many at once no more than the limit go on.",
    tests: counters,
  },
  {
    file: `${src}/sign-in/steps/guesser.ts`,
    find: "about: `${name}\\n${device}` };",
    put: "about: name };",
    breaks: "Each device that an account knows has tries of its own.",
    tests: atOnce,
  },
  {
    file: `${src}/sign-in/steps/guesser.ts`,
    find: "if (pending.reached !== undefined && pending.reached === email)",
    put: "if (pending.reached !== undefined)",
    breaks: "A code mailed to one address opens no tries at another.",
    tests: ["test/identity/second-proof.test.ts"],
  },
  {
    file: `${src}/sign-in/steps/second-proof.ts`,
    find: 'if ("waitMs" in taken) return spent(say, taken, guesser, pending.link);',
    put: "",
    breaks: "Guesses at a second proof are bounded.",
    tests: atOnce,
  },
  {
    file: `${src}/sign-in/steps/first-proof.ts`,
    find: "if (!right || account === undefined || account.disabled) return wrong(say);",
    put: "if (!right || account === undefined) return wrong(say);",
    breaks: "Who is disabled does not sign in with the password.",
    tests: ["test/identity/disabled-accounts.test.ts"],
  },
  {
    file: `${src}/sign-in/steps/first-proof.ts`,
    find: 'if (factors.some(({ kind }) => kind === "totp")) return {',
    put: 'if (factors.some(({ kind }) => kind === "passkey")) return {',
    breaks: "Who has a second factor is asked for it.",
    tests: second,
  },
  {
    file: `${src}/sign-in/steps/password-reset.ts`,
    find: 'if (hasTotp || (parts.texter !== undefined && factors.some(({ kind }) => kind === "phone")))',
    put: 'if (parts.texter !== undefined && factors.some(({ kind }) => kind === "phone"))',
    breaks: "The mailbox alone does not take an account that has a second factor.",
    tests: ["test/identity/sign-up-and-reset.test.ts", ...second],
  },
  {
    file: `${src}/people/passwords.ts`,
    find: "memory: 19_456, passes: 2, parallelism: 1",
    put: "memory: 1024, passes: 1, parallelism: 1",
    breaks: "Passwords are hashed at OWASP's least cost or more.",
    tests: ["test/identity/passwords.test.ts"],
  },
  {
    file: `${src}/factors/totp.ts`,
    find: "const skew = 1;",
    put: "const skew = 10;",
    breaks: "A code of an authenticator is good for its step and the ones beside it.",
    tests: totp,
  },
  {
    file: "packages/server/src/store/tables/factors.ts",
    find: '.where("counter", "<", step)',
    put: '.where("counter", "<=", step)',
    breaks: "A code of an authenticator is used once.",
    tests: tables,
  },
  {
    file: "packages/server/src/store/tables/one-time-codes.ts",
    find: '.where("attempts", "<", mostAttempts)',
    put: '.where("attempts", "<=", mostAttempts)',
    breaks: "A mailed code is tried as often as is said, and not once more.",
    tests: tables,
  },
  {
    file: `${src}/factors/one-time-codes.ts`,
    find: "return (await this.#table.remove(id)) ? kept.about : undefined;",
    put: "return kept.about;",
    breaks: "A mailed code is used once.",
    tests: codes,
  },
  {
    file: `${src}/factors/one-time-codes.ts`,
    find: 'createHash("sha256").update(`${purpose}\\n${attempt}`)',
    put: 'createHash("sha256").update(attempt)',
    breaks: "A code for one purpose is no code for another.",
    tests: codes,
  },
  {
    file: `${src}/policy/redirect-uri.ts`,
    find: 'if (parsed === null || uri.includes("#") || uri.includes("*"))',
    put: 'if (parsed === null || uri.includes("#"))',
    breaks: "No app is sent back to an address with a star in it.",
    tests: redirects,
  },
  {
    file: `${src}/policy/redirect-uri.ts`,
    find: 'return ["127.0.0.1", "[::1]", "localhost"].includes(parsed.hostname)',
    put: 'return parsed.hostname !== ""',
    breaks: "No code is sent to an address without encryption beyond the device itself.",
    tests: redirects,
  },
  {
    file: `${src}/policy/redirect-uri.ts`,
    find: 'return parsed.protocol.includes(".")',
    put: 'return parsed.protocol !== ""',
    breaks: "No app is sent back by a scheme that any app could claim.",
    tests: redirects,
  },
  {
    file: `${src}/sign-in/cookies.ts`,
    find: "HttpOnly; SameSite=Lax",
    put: "SameSite=Lax",
    breaks: "Scripts do not read the cookies of the sign-in.",
    tests: cookies,
  },
  {
    file: `${src}/sign-in/cookies.ts`,
    find: 'issuer.startsWith("https:") ? "; Secure" : "";',
    put: '"";',
    breaks: "Cookies of the sign-in do not travel in the clear.",
    tests: cookies,
  },
  {
    file: `${src}/sign-in/cookies.ts`,
    find: "return values.length === 1 ? values[0] : undefined;",
    put: "return values[0];",
    breaks: "A cookie that is there twice, one of them planted by a neighbour host, is not read.",
    tests: cookies,
  },
  {
    file: `${src}/sign-in/html/page-answers.ts`,
    find: 'if (site !== undefined && site !== "same-origin") return false;',
    put: "",
    breaks: "A form that another site has sent is not taken.",
    tests: pages,
  },
  {
    file: `${src}/sign-in/html/page-answers.ts`,
    find: "return expected.length === found.length && timingSafeEqual(expected, found);",
    put: "return expected.length >= found.length;",
    breaks: "A form is taken for the sign-in that it was made for.",
    tests: pages,
  },
];
