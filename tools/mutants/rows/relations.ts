import type { Mutant } from "../mutant.ts";

const src = "packages/guard/src/controls/ownership";
const relations = ["test/security/object-relations.test.ts"];
const steps = ["test/security/lookup-steps.test.ts"];
const faults = ["test/policy/object-relations.test.ts"];

/** Objects of several people, in several states, and those whose owner another object tells. */
export const relationRows: readonly Mutant[] = [
  {
    file: `${src}/owner-text.ts`,
    find: "return Number.isSafeInteger(number) ? String(number) : undefined;",
    put: 'return typeof number === "number" ? String(number) : undefined;',
    breaks: "A number that a double does not keep names nobody.",
    tests: relations,
  },
  {
    file: `${src}/owner-in-answer.ts`,
    find: "Array.isArray(at) && at.some((element)",
    put: "Array.isArray(at) && at.every((element)",
    breaks: "Where the rule says some, one is enough, and of none nobody is the one.",
    tests: relations,
  },
  {
    file: `${src}/answer-test.ts`,
    find: "return text !== undefined && owners.includes(text);",
    put: "return text !== undefined && (owners.length === 0 || owners.includes(text));",
    breaks: "A claim that is an empty list owns nothing.",
    tests: relations,
  },
  {
    file: `${src}/answer-test.ts`,
    find: 'if (holds(answer) === (kind === "when")) return undefined;',
    put: "if (holds(answer)) return undefined;",
    breaks: "What was deleted is absent, for its owner too.",
    tests: relations,
  },
  {
    file: `${src}/plan-clauses.ts`,
    find: "const clauses = [...owned, ...states];",
    put: "const clauses = [...owned];",
    breaks: "A state beside several ways holds for each of them.",
    tests: relations,
  },
  {
    file: `${src}/plan-clauses.ts`,
    find: "if (!leaves.some(({ methods }) => isFor(methods, operation)))",
    put: "if (leaves.length === 0)",
    breaks: "A rule of which no way is left for a method is a fault, and lets nobody pass.",
    tests: faults,
  },
  {
    file: `${src}/lookup-values.ts`,
    find: "if (fault !== undefined || ids.length === 0)",
    put: "if (fault !== undefined)",
    breaks: "A step whose answer names nothing to look up next decides nothing.",
    tests: steps,
  },
  {
    file: `${src}/lookup-values.ts`,
    find: "const segment = asSegment(id);",
    put: "const segment: string | undefined = id;",
    breaks: "What an answer names cannot lead to another path.",
    tests: steps,
  },
  {
    file: `${src}/find-in-list.ts`,
    find: "if (list.length > mostElements) return tooLong;",
    put: "",
    breaks: "A list without end is not searched.",
    tests: steps,
  },
  {
    file: `${src}/looked-up-atom.ts`,
    find: "if (found.ids.size !== ids.size)",
    put: "if (found.ids.size > ids.size)",
    breaks: "An id that the list does not hold names nothing of the caller's.",
    tests: steps,
  },
  {
    file: `${src}/looked-up-atom.ts`,
    find: "if (refused !== undefined) return naming(refused, () => ({ objects: [its] }));",
    put: "return refused;",
    breaks: "Of two elements with one id both must be the caller's.",
    tests: steps,
  },
  {
    file: `${src}/lookup-values.ts`,
    find: "if (segments.length * paths.length > mostObjects) return tooMany;",
    put: "",
    breaks: "One request does not have the backend asked without end.",
    tests: steps,
  },
  {
    file: `${src}/looked-up-atom.ts`,
    find: "      if ((looking.left -= 1) < 0) return tooMany;\n",
    put: "",
    breaks: "What answers name does not have the backend asked without end either.",
    tests: steps,
  },
  {
    file: `${src}/judge-request.ts`,
    find: "return clause.tell(outcome, known, known.caller);",
    put: "return outcome;",
    breaks: "The record of a refusal names the rule that refuses.",
    tests: steps,
  },
  {
    file: "packages/guard/src/facts/named.ts",
    find: ".map((id) => hash(kind, id, atMs));",
    put: ".map((id) => id);",
    breaks: "Records name objects and people by keyed hashes alone.",
    tests: ["test/security/named-in-records.test.ts"],
  },
  {
    file: "packages/guard/src/journey/record.ts",
    find: "if (plain.includes(field)) return (value) => value;",
    put: "if (fields.includes(field)) return (value) => value;",
    breaks: "Whoever calls stands in a record by a pseudonym, unless the policy says otherwise.",
    tests: ["test/security/named-in-records.test.ts"],
  },
  {
    file: "packages/guard/src/facts/named.ts",
    find: "if (atMs < month.fromMs || atMs >= month.toMs) {",
    put: "if (atMs < month.fromMs) {",
    breaks: "Nobody is followed from the records of one month into those of the next.",
    tests: ["packages/guard/src/facts/named.test.ts"],
  },
  {
    file: `${src}/name-objects.ts`,
    find: "named: () => ({ ...more(), ...refused.named?.() }),",
    put: "named: () => ({ ...refused.named?.(), ...more() }),",
    breaks: "Of several objects, the record names the one that was refused.",
    tests: ["test/security/named-in-records.test.ts"],
  },
  {
    file: "packages/guard/src/state/grants.ts",
    find: "untilMs > nowMs && methods.includes(method)",
    put: "methods.includes(method)",
    breaks: "A grant that is over gives nothing.",
    tests: ["test/security/grants.test.ts"],
  },
  {
    file: "packages/guard/src/state/grants.ts",
    find: "return objects.length > 0 && objects.every(",
    put: "return objects.every(",
    breaks: "A grant of one object opens no list.",
    tests: ["test/security/grants.test.ts"],
  },
  {
    file: `${src}/shares.ts`,
    find: "if (until !== undefined && !(endOf(valueAt(share, until)) > known.receivedAtMs)) continue;",
    put: "if (until !== undefined && endOf(valueAt(share, until)) <= known.receivedAtMs) continue;",
    breaks: "A share that does not say when it ends has ended.",
    tests: ["test/security/grants.test.ts"],
  },
];
