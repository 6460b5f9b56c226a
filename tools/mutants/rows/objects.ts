import type { Mutant } from "../mutant.ts";

const src = "packages/guard/src/controls";
const inAnswer = [`${src}/ownership/owner-in-answer.test.ts`];
const authorization = ["test/security/authorization.test.ts"];
const rules = ["test/security/owner-rules.test.ts"];
const atoms = [`${src}/ownership/owner-atoms.test.ts`];
const lookups = ["test/security/lookups.test.ts"];
const memory = [`${src}/ownership/lookup-memory.test.ts`];
const provenance = ["test/security/provenance.test.ts"];
const sealer = [`${src}/sealed-ids/id-sealer.test.ts`];
const sealed = ["test/security/sealed-ids.test.ts"];
const strip = ["packages/guard/src/document/schema/strip-undeclared.test.ts"];

/** Whether the objects that a request names are the caller's, and what answers tell of others. */
export const objects: readonly Mutant[] = [
  {
    file: `${src}/ownership/owner-in-answer.ts`,
    find: "faultOfEach(answer, tokens, 0, (value) => textOfId(value) === owner);",
    put: "faultOfEach(answer, tokens, 0, (value) => textOfId(value)?.startsWith(owner) === true);",
    breaks: "The owner that an answer names must be the caller, to the letter.",
    tests: inAnswer,
  },
  {
    file: `${src}/ownership/owner-in-answer.ts`,
    find: "!Object.hasOwn(at, token)) return unnamed;",
    put: "!Object.hasOwn(at, token)) return undefined;",
    breaks: "An answer that names no owner does not leave.",
    tests: inAnswer,
  },
  {
    file: `${src}/ownership/owner-in-answer.ts`,
    find: "    if (fault !== undefined) return fault;\n",
    put: "    return fault;\n",
    breaks: "Every element of a list is judged, and not the first alone.",
    tests: inAnswer,
  },
  {
    file: `${src}/ownership/owner-clause.ts`,
    find: "if (caller === undefined) return nobody;",
    put: 'if (caller === undefined) return "owned";',
    breaks: "Who is not signed in owns nothing.",
    tests: rules,
  },
  {
    file: `${src}/ownership/owner-clause.ts`,
    find: "exceptRoles.some((role) => caller.roles.includes(role))",
    put: "exceptRoles.every((role) => caller.roles.includes(role))",
    breaks: "An owner rule is left out for the roles that it names, and for nobody else.",
    tests: rules,
  },
  {
    file: `${src}/ownership/owner-atoms.ts`,
    find: "const foreign = ids.find((id) =>",
    put: "const foreign = ids.slice(1).find((id) =>",
    breaks: "Who names an own object beside another's is refused.",
    tests: ["test/security/named-objects.test.ts"],
  },
  {
    file: `${src}/ownership/owner-atoms.ts`,
    find: "if (raw === owner) return undefined;",
    put: "if (raw.includes(owner)) return undefined;",
    breaks: "The id in the path must be the caller's whole.",
    tests: atoms,
  },
  {
    file: `${src}/ownership/owner-atoms.ts`,
    find: "shown === true ? undefined : shown === undefined ? unknown : neverShown;",
    put: "shown !== false ? undefined : neverShown;",
    breaks: "While nobody can tell what a caller was shown, nothing counts as shown.",
    tests: atoms,
  },
  {
    file: `${src}/ownership/judge-request.ts`,
    find: 'if (outcome === "deferred") known.ownerPending |= bit;',
    put: 'if (outcome === "deferred") known.ownerPending = bit;',
    breaks: "Every clause that only the answer can decide is decided by it.",
    tests: atoms,
  },
  {
    file: `${src}/ownership/answer.ts`,
    find: "    reads: ({ ownerPending }, { status }) => ownerPending !== 0 && isSuccess(status),\n    bodyless",
    put: "    reads: ({ ownerPending }, { status }) => ownerPending !== 0 && status === 201,\n    bodyless",
    breaks: "An answer whose owner is still to be found is read.",
    tests: authorization,
  },
  {
    file: `${src}/ownership/answer.ts`,
    find: '        ? notYours("an answer without a body does not name an owner")',
    put: "        ? undefined",
    breaks: "An answer without a body does not tell that another's object exists.",
    tests: rules,
  },
  {
    file: `${src}/ownership/answer.ts`,
    find: "    readsSuccess: true,\n    readsAlways: true,\n    // What the backend",
    put: "    readsSuccess: true,\n    // What the backend",
    breaks: "HEAD is judged by the body that a GET would have: it tells of the object too.",
    tests: rules,
  },
  {
    file: `${src}/ownership/answer.ts`,
    find: "    // The head of an answer, and whether it has changed, tell of the list too.\n    readsAlways: true,\n",
    put: "",
    breaks: "HEAD of a list that is cut to the caller's own tells nothing of the others'.",
    tests: ["test/security/cut-lists.test.ts"],
  },
  {
    file: "packages/guard/src/journey/judge-head.ts",
    find: 'course.readsAlways && method === "HEAD" && status === 200',
    put: 'course.readsAlways && method === "GET" && status === 200',
    breaks: "Where whose it is stands in the body, the body is read for HEAD too.",
    tests: ["test/security/cut-lists.test.ts", ...authorization],
  },
  {
    file: `${src}/ownership/filter-foreign.ts`,
    find: "if (found === undefined) return noList;",
    put: "if (found === undefined) return { value: answer, sent: 0, shown: 0 };",
    breaks: "An answer without the list that a rule is about does not leave unjudged.",
    tests: ["test/security/cut-lists.test.ts"],
  },
  {
    file: `${src}/ownership/lookup.ts`,
    find: "if (status !== 200) return",
    put: "if (status >= 500) return",
    breaks: "A lookup that was not answered with the object decides nothing.",
    tests: rules,
  },
  {
    file: `${src}/ownership/lookup-memory.ts`,
    find: 'let text = `${target}\\n${this.#numberOf(caller)}\\n${fields.host ?? ""}`;',
    put: 'let text = `${target}\\n${fields.host ?? ""}`;',
    breaks: "What a lookup has told one caller is not told to another.",
    tests: memory,
  },
  {
    file: `${src}/ownership/lookup-memory.ts`,
    find: '\\n${fields.host ?? ""}`;',
    put: "`;",
    breaks: "What a lookup has told at one host is not told at another.",
    tests: memory,
  },
  {
    file: `${src}/ownership/lookup-memory.ts`,
    find: "if (!choosesNothing.has(name)) text += `\\n${name}:${forwardFields[index + 1]}`;",
    put: "",
    breaks: "A field that may choose another object is part of what is remembered.",
    tests: memory,
  },
  {
    file: `${src}/ownership/lookup-memory.ts`,
    find: " || known.version !== this.#writes.of(path)",
    put: "",
    breaks: "What was written since a lookup makes its answer stale.",
    tests: memory,
  },
  {
    file: `${src}/ownership/lookup-memory.ts`,
    find: "known.until < nowMs",
    put: "known.until + 60_000 < nowMs",
    breaks: "A lookup is believed for two seconds, and no longer.",
    tests: memory,
  },
  {
    file: `${src}/ownership/choosing.ts`,
    find: "pairs.find(({ name }) => !isCarried(name) && !isKnown(name))",
    put: "pairs.find(({ name }) => !isCarried(name) && isKnown(name))",
    breaks: "A parameter that the lookup is not told of could choose another object.",
    tests: lookups,
  },
  {
    file: `${src}/ownership/relation.ts`,
    find: 'if (point?.plan.onFailure !== "allow") return unknown;',
    put: "",
    breaks: "A decision point that does not answer refuses, unless the policy says otherwise.",
    tests: ["test/security/relation.test.ts"],
  },
  {
    file: `${src}/provenance/answer.ts`,
    find: ".filter(({ id, kind }) => isSource(kind) || !isNamed(id))",
    put: "",
    breaks: "An id that a request itself has named was not shown by the answer that repeats it.",
    tests: ["test/security/echoed-ids.test.ts"],
  },
  {
    file: `${src}/provenance/answer.ts`,
    find: "if (names.length > 0) state.note(known.caller.key, names);",
    put: 'if (names.length > 0) state.note("", names);',
    breaks: "What is shown is kept for whom it was shown.",
    tests: provenance,
  },
  {
    file: `${src}/provenance/named-by-request.ts`,
    find: "if (isBodyUnread(known)) return () => true;",
    put: "",
    breaks: "Where a body was not read, everything counts as named by it.",
    tests: ["test/security/echoed-ids.test.ts"],
  },
  {
    file: `${src}/sealed-ids/id-sealer.ts`,
    find: 'if (bytes.length < 1 + tagBytes + 1 || bytes.toString("base64url") !== handle) return undefined;',
    put: "if (bytes.length < 1 + tagBytes + 1) return undefined;",
    breaks: "A sealed id has one spelling.",
    tests: sealer,
  },
  {
    file: `${src}/sealed-ids/id-sealer.ts`,
    find: "  Buffer.from(`${kind.length}:${kind}${reader.length}:${reader}`);",
    put: "  Buffer.from(`${kind}${reader}`);",
    breaks: "A kind and a reader cannot be divided elsewhere, and so be another pair.",
    tests: sealer,
  },
  {
    file: `${src}/sealed-ids/id-sealer.ts`,
    find: "const name = `${kind.length}:${kind}${reader.length}:${reader}${handle}`;",
    put: "const name = handle;",
    breaks: "What was opened for one reader is not opened for the next from memory.",
    tests: sealer,
  },
  {
    file: `${src}/sealed-ids/sealing.ts`,
    find: "return sealing.rawAllowed(kind, known) ? { id: text } : notOpened(what);",
    put: "return { id: text };",
    breaks: "A raw id opens nothing where ids leave sealed.",
    tests: sealed,
  },
  {
    file: `${src}/sealed-ids/sealing.ts`,
    find: "app !== undefined && kinds.get(kind)?.fits?.(app.numbers) === true,",
    put: "app !== undefined && kinds.get(kind)?.fits?.(app.numbers) !== false,",
    breaks: "Raw ids are taken of the builds that the policy names, and of no other.",
    tests: sealed,
  },
  {
    file: "packages/guard/src/document/schema/strip-undeclared.ts",
    find: "rules.every((may) => may.some((role) => roles.includes(role)));",
    put: "rules.some((may) => may.some((role) => roles.includes(role)));",
    breaks: "A property that is restricted anywhere is restricted.",
    tests: strip,
  },
];
