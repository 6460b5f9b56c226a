import type { Mutant } from "../mutant.ts";

const guard = "packages/guard/src";
const through = ["test/flow/flow.test.ts"];
const memory = [`${guard}/state/flows.test.ts`];

/** Operations that come after others: what counts as a step, and what uses steps up. */
export const flows: readonly Mutant[] = [
  {
    file: `${guard}/controls/flow/control.ts`,
    find: "if (!isWhole(standing, rule)) return refusalOf(standing, rule);",
    put: "",
    breaks: "An operation follows its steps.",
    tests: through,
  },
  {
    file: `${guard}/controls/flow/control.ts`,
    find: 'if (outcome !== "success" || caller === undefined || arrival.method !== operation.method)',
    put: "if (caller === undefined || arrival.method !== operation.method)",
    breaks: "A step counts only where its answer is a success.",
    tests: through,
  },
  {
    file: `${guard}/controls/flow/control.ts`,
    find: "JSON.stringify([key, sessionId, deviceId, acting?.session]);",
    put: "JSON.stringify([key, deviceId, acting?.session]);",
    breaks: "Steps of another session are not the caller's.",
    tests: through,
  },
  {
    file: `${guard}/controls/flow/control.ts`,
    find: 'if (outcome === "failure" || outcome === "other") flowUsed?.putBack();',
    put: "flowUsed?.putBack();",
    breaks: "Success uses the steps up, and so does what nobody can tell.",
    tests: through,
  },
  {
    file: `${guard}/controls/flow/control.ts`,
    find: "mode: undefined,",
    put: 'mode: "flow",',
    breaks: "Steps that were taken before a flow is enforced count.",
    tests: through,
  },
  {
    file: `${guard}/state/flow-row.ts`,
    find: "if (isAlive(begin, flow, now) && now - end >= flow.leastMs) return begin;",
    put: "if (isAlive(begin, flow, now)) return begin;",
    breaks: "What comes sooner than a person does is no step.",
    tests: memory,
  },
  {
    file: `${guard}/state/redis-flow-script.ts`,
    find: "  redis.call('DEL', KEYS[1])",
    put: "",
    breaks: "Nodes use the steps up once together.",
    tests: memory,
  },
  {
    file: `${guard}/state/redis-flows.ts`,
    find: "return isKept ? told : this.#usedThere(told, flow, who);",
    put: "return told;",
    breaks: "What was used up in Redis is not offered again by this process.",
    tests: memory,
  },
];
