import type { Mutant } from "../mutant.ts";

const guard = "packages/guard/src";
const entry = [`${guard}/controls/entry/entry.test.ts`];
const limits = [`${guard}/controls/limit/limits.test.ts`];
const replay = [`${guard}/state/replay.test.ts`];
const state = [`${guard}/state/state.test.ts`];

/** Who may enter, how often, and from which app; and in which mode that is decided. */
export const admission: readonly Mutant[] = [
  {
    file: `${guard}/controls/entry/entry.ts`,
    find: "if (security === undefined) return undefined;",
    put: "if (security === undefined)\n    return { anonymous: true, alternatives: [], roles: [], clients: [] };",
    breaks: "Nobody may call an operation of which nothing says who may.",
    tests: entry,
  },
  {
    file: `${guard}/controls/entry/entry.ts`,
    find: "security.some((requirement) => Object.keys(requirement).length === 0)",
    put: "security.some((requirement) => Object.values(requirement).flat().length === 0)",
    breaks: "A requirement without scopes still asks for a sign-in.",
    tests: entry,
  },
  {
    file: `${guard}/controls/entry/entry.ts`,
    find: "if (scopes.every((scope) => held.includes(scope))) return true;",
    put: "if (scopes.some((scope) => held.includes(scope))) return true;",
    breaks: "All scopes of a requirement are needed.",
    tests: entry,
  },
  {
    file: `${guard}/controls/entry/entry.ts`,
    find: "if (roles.length > 0 && !hasOneOf(roles, caller)) return insufficientRole;",
    put: "",
    breaks: "Who has none of the roles does not enter.",
    tests: entry,
  },
  {
    file: `${guard}/controls/entry/entry.ts`,
    find: "clientId !== undefined && clients.includes(clientId)",
    put: "clientId === undefined || clients.includes(clientId)",
    breaks: "A token that does not say to which app it was given does not enter by the app.",
    tests: entry,
  },
  {
    file: `${guard}/controls/limit/limit-key.ts`,
    find: "caller === undefined ? `@${networkOf(address)}` : `=${caller.key}`;",
    put: 'caller === undefined ? "" : `=${caller.key}`;',
    breaks: "Callers who are not signed in are counted by their networks, apart from one another.",
    tests: limits,
  },
  {
    file: `${guard}/controls/limit/limit-key.ts`,
    find: "address: ({ address }) => networkOf(address),",
    put: "address: ({ address }) => address,",
    breaks: "An IPv6 household has one count, and not one for each of its addresses.",
    tests: limits,
  },
  {
    file: `${guard}/controls/limit/limit-key.ts`,
    find: '.normalize("NFKC").trim().toLowerCase()',
    put: '.normalize("NFKC").trim()',
    breaks: "Guesses at one account count together, however its name is spelled.",
    tests: limits,
  },
  {
    file: `${guard}/controls/limit/limit-key.ts`,
    find: "      Object.keys(value).some(isAlike)\n",
    put: "      false\n",
    breaks: "A body that names two accounts is counted where all such bodies are.",
    tests: limits,
  },
  {
    file: `${guard}/controls/limit/limit-key.ts`,
    find: "counted.caller?.deviceId === undefined ? userOf(counted)",
    put: 'counted.caller?.deviceId === undefined ? ""',
    breaks: "Who has no device is counted as a user, and not with all who have none.",
    tests: limits,
  },
  {
    file: `${guard}/state/rate-room.ts`,
    find: "if (left < -grainMs) return left;",
    put: "if (left < -intervalMs) return left;",
    breaks: "A limit lets pass as many as it says, and not one more.",
    tests: state,
  },
  {
    file: `${guard}/state/shared-memory.ts`,
    find: "for (let back = 0; back < index; back += 1) this.settle(back, 0);",
    put: "",
    breaks: "What one limit refuses uses up nothing of the others.",
    tests: state,
  },
  {
    file: `${guard}/state/rate-room.ts`,
    find: "? now + this.#partTaken(base, way, now) * deepestMs",
    put: "? now",
    breaks: "Whoever made room for others finds no less taken when it comes back.",
    tests: [`${guard}/state/crowded-buckets.test.ts`],
  },
  {
    file: `${guard}/state/quota-room.ts`,
    find: "if (taken > most + grain) return most - taken;",
    put: "if (taken > most + cost) return most - taken;",
    breaks: "A quota gives as much as it says.",
    tests: state,
  },
  {
    file: `${guard}/state/redis-limits.ts`,
    find: "(late as readonly number[])[0] === -1",
    put: "(late as readonly number[])[0] === -2",
    breaks: "What was taken when nobody waited for the answer any more is given back.",
    tests: ["test/faults/lost-redis.test.ts"],
  },
  {
    file: `${guard}/state/redis-scripts.ts`,
    find: "if rest < -0.000001 then",
    put: "if rest < -first then",
    breaks: "A limit that nodes share lets pass as many as it says.",
    tests: state,
  },
  {
    file: `${guard}/state/redis.ts`,
    find: '"NX", "EX", String(Math.ceil(lifeSeconds))',
    put: '"EX", String(Math.ceil(lifeSeconds))',
    breaks: "A proof that was used at one node is spent at all.",
    tests: replay,
  },
  {
    file: `${guard}/state/shared-replay.ts`,
    find: 'if (first === found) return "again";',
    put: "",
    breaks: "A proof is spent once it was used.",
    tests: replay,
  },
  {
    file: `${guard}/state/shared-replay.ts`,
    find: "now + Math.ceil(lifeSeconds);",
    put: "now;",
    breaks: "What was spent is remembered for as long as it could be used again.",
    tests: replay,
  },
  {
    file: `${guard}/state/shared-replay.ts`,
    find: 'if (slot === none) return "full";',
    put: 'if (slot === none) return "first";',
    breaks: "Where nothing more can be remembered, a proof is not taken unseen.",
    tests: replay,
  },
  {
    file: `${guard}/facts/mode.ts`,
    find: 'inCohort(known, percent, salt) ? "enforce" : otherwise,',
    put: 'inCohort(known, percent, salt) ? otherwise : "enforce",',
    breaks: "A staged mode is enforced for those whom it names.",
    tests: [`${guard}/facts/mode.test.ts`],
  },
  {
    file: `${guard}/facts/mode.ts`,
    find: "(caller !== undefined && stages?.stays(range, caller) === true);",
    put: "false;",
    breaks: "Who was once in a stage does not fall out of it by leaving a field out.",
    tests: [`${guard}/facts/mode.test.ts`, "test/security/stages.test.ts"],
  },
  {
    file: `${guard}/controls/app/forced-upgrade.ts`,
    find: "compareVersions(app.numbers, least) < 0",
    put: "compareVersions(app.numbers, least) < -1",
    breaks: "A build that is too old is refused.",
    tests: [`${guard}/controls/app/app.test.ts`],
  },
  {
    file: `${guard}/controls/app/forced-upgrade.ts`,
    find: "if (app === undefined) return required ? absent : undefined;",
    put: "if (app === undefined) return undefined;",
    breaks: "Where the app must say who it is, a request that does not is refused.",
    tests: [`${guard}/controls/app/app.test.ts`],
  },
  {
    file: `${guard}/controls/authentication/plan.ts`,
    find: 'authentication = "deny", staleness',
    put: 'authentication = "local", staleness',
    breaks:
      "Unless the policy says otherwise, tokens are refused once the store is lost for too long.",
    tests: ["test/tokens/staleness.test.ts"],
  },
];
