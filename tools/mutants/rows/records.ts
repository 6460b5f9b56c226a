import type { Mutant } from "../mutant.ts";

/** Records that are kept, and whom they name. */
export const records: readonly Mutant[] = [
  {
    file: "packages/server/src/watch/kept/record-store.ts",
    find: "(n as number) > before;",
    put: "(n as number) >= 0;",
    breaks: "A record that is sent again to a process that keeps it already is not kept twice.",
    tests: ["packages/server/src/watch/kept/record-store.test.ts"],
  },
  {
    file: "packages/server/src/watch/kept/duckdb-engine.ts",
    find: 'enable_external_access: "false",',
    put: 'enable_external_access: "true",',
    breaks: "No question of records reads or writes another file.",
    tests: ["packages/server/src/watch/kept/record-store.test.ts"],
  },
  {
    file: "packages/server/src/watch/kept/search.ts",
    find: "run < ? OR (run = ? AND n < ?)",
    put: "run < ? OR (run = ? AND n <= ?)",
    breaks: "A page of records begins behind the last of the page before.",
    tests: ["packages/server/src/watch/kept/record-store.test.ts"],
  },
  {
    file: "packages/server/src/watch/kept/kept-records.ts",
    find: "this.#waitingBytes + lines.length > this.#bounds.mostWaitingBytes",
    put: "this.#waitingBytes + lines.length > Number.MAX_SAFE_INTEGER",
    breaks: "A process that keeps records and hangs does not fill the memory of the gate.",
    tests: ["packages/server/src/watch/kept/kept-records.test.ts"],
  },
  {
    file: "packages/server/src/admin/records/pseudonyms.ts",
    find: "await revealing.note(by, pseudonym, because);",
    put: "void because;",
    breaks: "Who learns whom a pseudonym stands for is written down with the reason.",
    tests: ["test/records/kept-records.test.ts"],
  },
  {
    file: "packages/guard/src/facts/name-only.ts",
    find: "plainName.test(part) && !numberOfSomebody.test(part);",
    put: "plainName.test(part);",
    breaks: "No number of anybody's stands in a record as the name of a field.",
    tests: ["packages/guard/src/facts/name-only.test.ts"],
  },
  {
    file: "packages/guard/src/controls/contract/take-body.ts",
    find: "mediaTypeOnly(contentType),",
    put: "contentType,",
    breaks: "Nothing that a caller sends as a content type stands in a record.",
    tests: ["packages/server/src/cli/verbs/canary/canary.test.ts"],
  },
];
