import type { Mutant } from "../mutant.ts";

const access = "packages/server/src/admin/access";
const tables = "packages/server/src/store/tables";
const entry = ["test/admin/console-entry.test.ts"];
const sessions = ["test/admin/console-sessions.test.ts"];
const people = ["test/admin/console-people.test.ts"];

/** Who gets into the console, and what a sign-in is worth. */
export const consoles: readonly Mutant[] = [
  {
    file: `${access}/console-people.ts`,
    find: "if (!(await tables.consoleLinks.spend(link.hash, nowMs))) throw linkEnded();",
    put: "await tables.consoleLinks.spend(link.hash, nowMs);",
    breaks: "Of two who use one link at the same moment, one gets in.",
    tests: entry,
  },
  {
    file: `${tables}/console-links.ts`,
    find: `.where("hash", "=", hash)
      .where("ends_at", ">", nowMs)
      .executeTakeFirst();
    return row`,
    put: `.where("hash", "=", hash)
      .executeTakeFirst();
    return row`,
    breaks: "A link that has ended opens nothing.",
    tests: entry,
  },
  {
    file: `${access}/passkey-proofs.ts`,
    find: "if (personId === undefined || !this.#tickets.spend(ticket)) throw noProof();",
    put: "if (personId === undefined) throw noProof();",
    breaks: "What an authenticator has signed signs in once.",
    tests: entry,
  },
  {
    file: `${access}/proof-tickets.ts`,
    find: "JSON.stringify([purpose, challenge, endsAtMs])",
    put: "JSON.stringify([challenge, endsAtMs])",
    breaks: "What was signed for one link opens no other.",
    tests: [...entry, ...sessions],
  },
  {
    file: `${access}/own-page.ts`,
    find: "if (sentHost !== host)",
    put: "if (sentHost === undefined)",
    breaks: "By another name or port nobody asks with the cookie.",
    tests: sessions,
  },
  {
    file: `${access}/own-page.ts`,
    find: "sentOrigin === origin || (sentOrigin === undefined && !changes(asked))",
    put: "sentOrigin !== null",
    breaks: "A page of another origin does nothing in the name of whoever is signed in.",
    tests: sessions,
  },
  {
    file: `${access}/own-page.ts`,
    find: "if (!isOwn || (site !== undefined && !sites.includes(site)))",
    put: "if (!isOwn)",
    breaks: "What a browser says comes from another site is refused.",
    tests: sessions,
  },
  {
    file: `${access}/console-access.ts`,
    find: "if (changes(asked) && !isActToken(",
    put: "if (false && !isActToken(",
    breaks: "A change needs the act token of its own session.",
    tests: sessions,
  },
  {
    file: `${access}/console-sessions.ts`,
    find: "Math.min(seenAtMs + idleMs, createdAtMs + longestMs)",
    put: "createdAtMs + longestMs",
    breaks: "A session ends after eight idle hours.",
    tests: sessions,
  },
  {
    file: `${access}/console-sessions.ts`,
    find: "agoMs >= 0 && agoMs < confirmedForMs",
    put: "agoMs < confirmedForMs",
    breaks: "A clock that is set back makes no passkey count longer.",
    tests: sessions,
  },
  {
    file: `${access}/access-endpoints.ts`,
    find: "if (before !== undefined) await access.sessions.end(before);",
    put: "",
    breaks: "Signing in ends what the browser had before.",
    tests: sessions,
  },
  {
    file: `${access}/access-endpoints.ts`,
    find: "if ((await access.confirming.shownBy(session.hash, credential)) !== person.id)",
    put: 'if ((await access.confirming.shownBy(session.hash, credential)) === "")',
    breaks: "Another person's passkey confirms nothing.",
    tests: sessions,
  },
  {
    file: `${access}/console-people.ts`,
    find: "await tables.consoleLinks.removeFor(person.name);\n      await tables.consoleLinks.removeBy(actorNamed(person.name));",
    put: "",
    breaks: "Whoever is removed comes back by no link of theirs.",
    tests: people,
  },
  {
    file: "packages/server/src/admin/answer-request.ts",
    find: "if (asked.by?.session === undefined || !confirms(asked) || asked.by.session.isConfirmed()) return;",
    put: "if (asked.by?.session === undefined || !confirms(asked)) return;",
    breaks: "What reaches far asks for the passkey again.",
    tests: [...sessions, ...people],
  },
];
