import type { Mutant } from "../mutant.ts";

const src = "packages/server/src/upstream/http1";
const corpus = ["test/backend-answers/corpus.test.ts"];
const connections = ["test/backend-answers/connections.test.ts"];
const sockets = ["test/backend-answers/over-sockets.test.ts"];
const keepAlive = ["test/backend-answers/keep-alive.test.ts"];
const endOfTurn = ["test/backend-answers/end-of-turn.test.ts"];
const whole = ["packages/guard/src/doors/whole-response.test.ts"];

/** How answers of backends are read, and which connections are used again. */
export const answers: readonly Mutant[] = [
  {
    file: `${src}/head-reader.ts`,
    find: 'if (byte !== lineFeed) return this.#refuse("a CR that no LF follows");',
    put: "",
    breaks: "A CR alone ends no line.",
    tests: corpus,
  },
  {
    file: `${src}/framing.ts`,
    find: "if (coding !== undefined && length !== undefined)",
    put: "if (coding !== undefined && length === '0')",
    breaks: "An answer does not say in two ways where it ends.",
    tests: corpus,
  },
  {
    file: `${src}/framing.ts`,
    find: 'if (said.length !== undefined) return "more than one Content-Length";',
    put: "",
    breaks: "An answer has one length.",
    tests: corpus,
  },
  {
    file: `${src}/framing.ts`,
    find: 'if (coding !== undefined && head.minor === 0) return "Transfer-Encoding in HTTP/1.0";',
    put: "",
    breaks: "HTTP/1.0 has no chunks.",
    tests: corpus,
  },
  {
    file: `${src}/answer-reader.ts`,
    find: "if (!this.#expected.mayUpgrade)",
    put: "if (false)",
    breaks: "Nobody leaves HTTP who was not asked to.",
    tests: corpus,
  },
  {
    file: `${src}/chunk-reader.ts`,
    find: 'if (byte !== carriageReturn) return this.#refuse("a chunk longer than its size");',
    put: "",
    breaks: "A chunk ends where its size says.",
    tests: corpus,
  },
  {
    file: `${src}/connection.ts`,
    find: "if (!isClean || !reusable ||",
    put: "if (!reusable ||",
    breaks: "A connection on which something came behind an answer is not used again.",
    tests: sockets,
  },
  {
    file: `${src}/connection.ts`,
    find: "const isSent = this.#body === undefined;",
    put: "const isSent = true;",
    breaks: "The rest of a body is not sent before the next request.",
    tests: connections,
  },
  {
    file: `${src}/connections.ts`,
    find: "else if (isSecondTry) this.#carryAnew(exchange);",
    put: "else if (isSecondTry) this.#carry(exchange);",
    breaks: "A second try does not go over a connection that may be lost like the first.",
    tests: keepAlive,
  },
  {
    file: `${src}/request-head.ts`,
    find: "if (!isFieldValue(value)) return unwritable",
    put: "if (/[\\r\\n\\0]/.test(value)) return unwritable",
    breaks: "A character that latin1 would turn into a line feed is not sent.",
    tests: connections,
  },
  {
    file: `${src}/connection.ts`,
    find: "if (unsent?.isOver === false) this.#owner.givenBack(unsent);",
    put: 'unsent?.fail({ kind: "lost", detail: "" });',
    breaks: "A request that has not left goes over another connection.",
    tests: endOfTurn,
  },
  {
    file: "packages/guard/src/doors/whole-response.ts",
    find: "if (beginning === undefined || !isFieldValue(value)) return undefined;",
    put: "if (beginning === undefined) return undefined;",
    breaks: "A value with a line feed does not leave.",
    tests: whole,
  },
];
