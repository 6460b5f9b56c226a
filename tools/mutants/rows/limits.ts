import type { Mutant } from "../mutant.ts";

const guard = "packages/guard/src";
const limit = `${guard}/controls/limit`;
const failures = ["test/limits/failures.test.ts"];
const forms = [`${limit}/forms.test.ts`];
const amounts = ["test/limits/amounts.test.ts"];
const kept = ["test/limits/kept-quotas.test.ts"];

/** How much callers may ask: what is held, what is settled, and what is kept. */
export const limits: readonly Mutant[] = [
  {
    file: `${limit}/reservation.ts`,
    find: 'failures: (outcome) => outcome === undefined || outcome === "failure",',
    put: 'failures: (outcome) => outcome === "failure",',
    breaks: "A guess of which nobody knows the answer is not given back.",
    tests: failures,
  },
  {
    file: `${limit}/reservation.ts`,
    find: 'if (!forwarded) this.answered("other");',
    put: "",
    breaks: "What was refused before the backend was asked was no guess.",
    tests: failures,
  },
  {
    file: `${guard}/controls/answer-outcome.ts`,
    find: "if (status >= 500) return undefined;",
    put: "",
    breaks: "An answer that the backend failed to give does not give a guess back.",
    tests: failures,
  },
  {
    file: `${guard}/controls/answer-outcome.ts`,
    find: "!Object.hasOwn(one, name)) return undefined;",
    put: '!Object.hasOwn(one, name)) return "success";',
    breaks: "An answer that says neither does not give a guess back.",
    tests: failures,
  },
  {
    file: `${limit}/compile-limit.ts`,
    find: "if (app === undefined) return strictest.bounds;",
    put: "if (app === undefined) return unnamed.bounds;",
    breaks: "A build that does not say its version has the strictest form.",
    tests: forms,
  },
  {
    file: `${limit}/compile-limit.ts`,
    find: "forms.sort((one, other) => other.strictness - one.strictness);",
    put: "forms.sort((one, other) => one.strictness - other.strictness);",
    breaks: "The strictest form is the one that lets the fewest pass.",
    tests: forms,
  },
  {
    file: `${limit}/bounds.ts`,
    find: "intervalMs, burst, deepestMs };",
    put: "intervalMs, burst, deepestMs: burst * intervalMs };",
    breaks: "Versions of one limit with other bursts do not empty what each other has used.",
    tests: forms,
  },
  {
    file: `${guard}/state/stored-quotas.ts`,
    find: 'if (quotas.some(({ onLoss }) => onLoss === "deny")) throw fault;',
    put: "",
    breaks: "A quota that says so is refused while the store is lost.",
    tests: kept,
  },
  {
    file: `${guard}/state/shared-pressure.ts`,
    find: "if (step > 0 && !isUrgent) continue;",
    put: "",
    breaks: "No flood of callers frees anybody from pressure.",
    tests: [`${guard}/state/shared-pressure.test.ts`],
  },
  {
    file: `${guard}/state/shared-pressure.ts`,
    find: "failures * 2 >= this.#get(row, word.requests))",
    put: "failures > 0)",
    breaks: "Failures among many successes are no reason for pressure.",
    tests: [`${guard}/state/shared-pressure.test.ts`],
  },
  {
    file: `${guard}/controls/pressure/control.ts`,
    find: "if (now.step === 0) return undefined;",
    put: "return undefined;",
    breaks: "Whoever has failed again and again pays more.",
    tests: ["test/limits/pressure.test.ts"],
  },
  {
    file: "packages/server/src/store/tables/limit-quotas.ts",
    find: 'eb("limit_quotas.used", "<=", most - cost + grain),',
    put: 'eb("limit_quotas.used", "<=", most),',
    breaks: "A quota in the store gives as much as it says.",
    tests: kept,
  },
  {
    file: `${limit}/take-limits.ts`,
    find: "if (cost === undefined && limit.costOf !== undefined) {",
    put: "if (false) {",
    breaks: "An amount that is left out is not taken for none.",
    tests: amounts,
  },
  {
    file: `${limit}/body-part.ts`,
    find: "Object.keys(value).some(isAlike)",
    put: "false",
    breaks: "Of an amount, or of a name that is guessed for, in two spellings neither is believed.",
    tests: amounts,
  },
  {
    file: `${limit}/reservation.ts`,
    find: "for (const meter of this.#meters) meter.passed(this.#passed);",
    put: "",
    breaks: "Bytes count while they pass.",
    tests: amounts,
  },
  {
    file: `${limit}/compile-limit.ts`,
    find: 'rule.measure.of === "bytes" ? mostDebt : 1',
    put: "1",
    breaks: "An answer that had too much is waited for.",
    tests: amounts,
  },
];
