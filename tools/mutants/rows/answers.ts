import type { Mutant } from "../mutant.ts";

const src = "packages/server/src/upstream/http1";
const corpus = ["test/backend-answers/corpus.test.ts"];
const connections = ["test/backend-answers/connections.test.ts"];
const sockets = ["test/backend-answers/over-sockets.test.ts"];
const keepAlive = ["test/backend-answers/keep-alive.test.ts"];
const endOfTurn = ["test/backend-answers/end-of-turn.test.ts"];
const h2 = "packages/server/src/upstream/http2";
const streams = ["test/backend-answers/stream-faults.test.ts"];
const streamsSent = ["test/backend-answers/streams.test.ts"];
const windows = ["test/backend-answers/stream-windows.test.ts"];
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
    find: "if (!isFieldValue(values)) return unwritable",
    put: "if (/[\\r\\n\\0]/.test(values)) return unwritable",
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
    find: "if (lengths !== 1 || !isFieldValue(values)) return undefined;",
    put: "if (lengths !== 1) return undefined;",
    breaks: "A value with a line feed does not leave.",
    tests: whole,
  },
  {
    file: `${h2}/carrying-stream.ts`,
    find: "if (this.#isOver || !this.#isAnswered || !this.#isWhole) return;",
    put: "if (this.#isOver || !this.#isAnswered) return;",
    breaks: "A reset without a fault does not make half an answer look whole.",
    tests: streams,
  },
  {
    file: `${h2}/carrying-stream.ts`,
    find: "if (hasStream(this.#exchange.request)) {",
    put: "if (false) {",
    breaks: "A body that was streamed is not sent a second time.",
    tests: streams,
  },
  {
    file: `${h2}/sessions.ts`,
    find: "exchange.carriedTimes >= mostCarried",
    put: "false",
    breaks: "A backend that refuses every stream is not asked without end.",
    tests: streams,
  },
  {
    file: `${h2}/session.ts`,
    find: "wasNotBegun: (id) => id === undefined || id > this.#lastStream,",
    put: "wasNotBegun: () => false,",
    breaks: "What GOAWAY says was not begun is asked again.",
    tests: streams,
  },
  {
    file: `${h2}/session.ts`,
    find: "if (this.#socket.bytesRead === bytesRead) this.leave();",
    put: "",
    breaks: "A dead session carries no other request.",
    tests: streams,
  },
  {
    file: `${h2}/request-head.ts`,
    find: "if (!isFieldValue(value)) return unwritable(`a value that no field has (${name})`);",
    put: "",
    breaks: "A value with a line feed is not sent over HTTP/2.",
    tests: streamsSent,
  },
  {
    file: "packages/server/src/upstream/sent-body.ts",
    find: "if (!this.write(chunk)) this.#body.pause();",
    put: "this.write(chunk);",
    breaks: "A closed window makes the caller wait.",
    tests: windows,
  },
];
