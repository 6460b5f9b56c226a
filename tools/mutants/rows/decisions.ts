import type { Mutant } from "../mutant.ts";

const guard = "packages/guard/src";
const hidden = ["test/security/hidden-existence.test.ts"];
const schemas = [`${guard}/document/schema/compile-schema.test.ts`];
const conceal = [`${guard}/journey/conceal.test.ts`];

/** What is decided, recorded, and said of it. */
export const decisions: readonly Mutant[] = [
  {
    file: `${guard}/facts/decision.ts`,
    find: 'if (mode === "off") return false;',
    put: 'if (mode !== "enforce") return false;',
    breaks: "What is only observed is recorded.",
    tests: ["test/security/undeclared-answers.test.ts", "test/tokens/staleness.test.ts"],
  },
  {
    file: `${guard}/facts/cohort.ts`,
    find: ">>> 0) % 10_000 < percent * 100;",
    put: ">>> 0) % 10_000 < percent;",
    breaks: "A control is enforced for as many callers as the policy says.",
    tests: [`${guard}/facts/mode.test.ts`],
  },
  {
    file: `${guard}/controls/existence/control.ts`,
    find: 'if (problem === objectProblems["object-not-yours"]) return true;',
    put: 'if (problem === objectProblems["owner-unknown"]) return true;',
    breaks: "That an object is another's is said at the same moment as that there is none.",
    tests: [`${guard}/controls/existence/existence.test.ts`],
  },
  {
    file: `${guard}/controls/existence/control.ts`,
    find: "new Set([403, 404, 410]);",
    put: "new Set([404, 410]);",
    breaks: "A backend's 403 does not tell that there is an object.",
    tests: hidden,
  },
  {
    file: `${guard}/controls/existence/control.ts`,
    find: 'return mode === "authorization" && status === 403 && !ofTheRequest;',
    put: "return false;",
    breaks: "A missing role does not tell that there is an object.",
    tests: hidden,
  },
  {
    file: `${guard}/journey/conceal.ts`,
    find: "const exact = Math.ceil(elapsedMs / stepMs) * stepMs - elapsedMs;",
    put: "const exact = stepMs;",
    breaks: "The time of an answer does not tell whether a backend has found something.",
    tests: conceal,
  },
  {
    file: `${guard}/journey/conceal.ts`,
    find: "return Math.random() < exact - whole ? whole + 1 : whole;",
    put: "return whole;",
    breaks: "Nor does what a timer cuts off of it.",
    tests: conceal,
  },
  {
    file: `${guard}/document/schema/close-schema.ts`,
    find: '=== "request" ? "readOnly" : "writeOnly";',
    put: '=== "request" ? "writeOnly" : "readOnly";',
    breaks: "What is read-only does not come in, and what is write-only does not go out.",
    tests: schemas,
  },
];
