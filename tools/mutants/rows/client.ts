import type { Mutant } from "../mutant.ts";

const src = "packages/client/src";
const calling = ["test/client/calling.test.ts"];
const writes = ["test/client/writes.test.ts"];
const reading = ["test/client/reading.test.ts"];
const signingIn = ["test/client/signing-in.test.ts"];

/** What an app's client sends, where, and what it believes. */
export const client: readonly Mutant[] = [
  {
    file: `${src}/address.ts`,
    find: "if (address.origin !== api.origin)",
    put: "if (!address.origin.startsWith(api.origin))",
    breaks: "A token is sent to the API's own origin, and nowhere else.",
    tests: reading,
  },
  {
    file: `${src}/address.ts`,
    find: "if (/^[/\\\\]{2}|\\\\/.test(path))",
    put: "if (/^[/]{2}/.test(path) && false)",
    breaks: "A path that names another host is refused.",
    tests: reading,
  },
  {
    file: `${src}/api-caller.ts`,
    find: "if (call.isWrite && !wasNeverSent(fault)) throw new Unknown",
    put: "if (call.isWrite && wasNeverSent(fault)) throw new Unknown",
    breaks: "A write whose answer was lost is not sent again.",
    tests: writes,
  },
  {
    file: `${src}/api-caller.ts`,
    find: "if (call.isWrite && !isKeptBack(problem)) return false;",
    put: "",
    breaks: "A write is sent again only after a refusal that proves that nothing was forwarded.",
    tests: writes,
  },
  {
    file: `${src}/written-once.ts`,
    find: "  traceId !== undefined &&\n",
    put: "",
    breaks: "A backend's own problem that looks like the gate's proves nothing.",
    tests: [`${src}/written-once.test.ts`],
  },
  {
    file: `${src}/written-once.ts`,
    find: 'new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);',
    put: 'new Set(["GET", "HEAD", "OPTIONS", "QUERY", "DELETE"]);',
    breaks: "DELETE is a write.",
    tests: [`${src}/written-once.test.ts`],
  },
  {
    file: `${src}/id-token.ts`,
    find: '["iss", ({ iss }, { issuer }) => iss === issuer],',
    put: '["iss", ({ iss }) => iss !== undefined],',
    breaks: "An ID token of another issuer is not taken.",
    tests: [`${src}/id-token.test.ts`, ...signingIn],
  },
  {
    file: `${src}/id-token.ts`,
    find: "(Array.isArray(aud) ? aud.includes(clientId) : aud === clientId)",
    put: "(Array.isArray(aud) ? aud.length > 0 : aud === clientId)",
    breaks: "An ID token for another app is not taken.",
    tests: [`${src}/id-token.test.ts`, ...signingIn],
  },
  {
    file: `${src}/id-token.ts`,
    find: "expected.nonce === undefined || nonce === expected.nonce]",
    put: "expected.nonce === undefined || nonce !== undefined]",
    breaks: "An ID token of another sign-in is not taken.",
    tests: [`${src}/id-token.test.ts`, ...signingIn],
  },
  {
    file: `${src}/id-token.ts`,
    find: "exp * 1000 > serverNow - toleranceSeconds * 1000,",
    put: "exp > 0,",
    breaks: "An ID token that has ended is not taken.",
    tests: [`${src}/id-token.test.ts`, ...signingIn],
  },
  {
    file: `${src}/proof.ts`,
    find: "ath: base64url(await hash(utf8(accessToken)))",
    put: "ath: base64url(utf8(accessToken).slice(0, 32))",
    breaks: "A proof names the token that it was made for.",
    tests: calling,
  },
  {
    file: `${src}/proof.ts`,
    find: "jti: base64url(random(16)),",
    put: "jti: base64url(utf8(url)),",
    breaks: "Each proof is made for one request.",
    tests: calling,
  },
  {
    file: `${src}/session-keeper.ts`,
    find: "return used >= 0 && used < lifeMs * renewAfter;",
    put: "return used < lifeMs * renewAfter;",
    breaks: "A clock that was set back does not keep an old token in use.",
    tests: [`${src}/session-keeper.test.ts`],
  },
];
