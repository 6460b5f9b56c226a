import { answered, malformed, type RawAnswer } from "./raw-answer.ts";

const second = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled";
/** What stands behind the end of an answer: another answer, a part of one, or anything. */
const behind: Readonly<Record<string, string>> = {
  "a second answer": second,
  "a second answer for every cache": `HTTP/1.1 200 OK\r\nCache-Control: public\r\nContent-Length: 4\r\n\r\nevil`,
  "half a second answer": second.slice(0, 20),
  "one byte": "x",
  "an empty line": "\r\n",
  "an interim answer": "HTTP/1.1 100 Continue\r\n\r\n",
  "a switch of protocols": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
  "a NUL": "\0",
  "what looks like a chunk": "5\r\nhello\r\n0\r\n\r\n",
  "a megabyte": "x".repeat(1_000_000),
};

interface First {
  readonly text: string;
  readonly status?: number;
  readonly body?: string;
  readonly method?: "GET" | "HEAD";
  readonly trailers?: readonly string[];
}

/** Every way in which an answer ends before its connection does. */
const firsts: Readonly<Record<string, First>> = {
  "a length": { text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", body: "ok" },
  "a length of nothing": { text: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
  "the last chunk": {
    text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    body: "ok",
  },
  trailers: {
    text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\n",
    body: "ok",
    trailers: ["A", "b"],
  },
  "no body of a HEAD": { text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", method: "HEAD" },
  "no body of a HEAD in chunks": {
    text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    method: "HEAD",
  },
  "no body of a HEAD that says no frame": { text: "HTTP/1.1 200 OK\r\n\r\n", method: "HEAD" },
  "no body of a 204": { text: "HTTP/1.1 204 None\r\n\r\n", status: 204 },
  "no body of a 304": { text: "HTTP/1.1 304 Same\r\nContent-Length: 2\r\n\r\n", status: 304 },
  "no body of a 304 in chunks": {
    text: "HTTP/1.1 304 Same\r\nTransfer-Encoding: chunked\r\n\r\n",
    status: 304,
  },
  "an answer behind an interim one": {
    text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno",
    status: 404,
    body: "no",
  },
};

const ends = Object.entries(firsts).flatMap(([name, first]): RawAnswer[] => {
  const { body = "", method = "GET", status = 200, text, trailers } = first;
  const verdict = { status, body, ...(trailers === undefined ? {} : { trailers }) };
  return [
    answered(`it ends by ${name}`, text, verdict, method),
    ...Object.entries(behind).map(([what, more]) =>
      answered(`${what} behind ${name}`, text + more, { ...verdict, reusable: false }, method),
    ),
  ];
});

/** A body where none may be: the answer has none, and the connection is not used again. */
const bodyless = ["204 None", "304 Same"].flatMap((status) =>
  ["Content-Length: 5", "Transfer-Encoding: chunked", "A: b"].flatMap((line) =>
    ["GET", "HEAD"].map((method) =>
      answered(
        `a body behind ${status} with ${line}, asked by ${method}`,
        `HTTP/1.1 ${status}\r\n${line}\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
        { status: Number(status.slice(0, 3)), reusable: false },
        method as "GET",
      ),
    ),
  ),
);

/** A 204 that speaks of a body is an answer, and its connection is not used again. */
const doubtful = ["Content-Length: 5", "Transfer-Encoding: chunked"].map((line) =>
  answered(`a 204 with ${line}`, `HTTP/1.1 204 None\r\n${line}\r\n\r\n`, {
    status: 204,
    reusable: false,
  }),
);

const closing = [
  "close",
  "Close",
  "CLOSE",
  "keep-alive, close",
  "close, x",
  "x,close",
  " close ",
].map((value) =>
  answered(
    `Connection: ${value}`,
    `HTTP/1.1 200 OK\r\nConnection: ${value}\r\nContent-Length: 2\r\n\r\nok`,
    { body: "ok", reusable: false },
  ),
);
const keeping = ["keep-alive", "closed", "x-close", "upgrade"].map((value) =>
  answered(
    `Connection: ${value}`,
    `HTTP/1.1 200 OK\r\nConnection: ${value}\r\nContent-Length: 2\r\n\r\nok`,
    { body: "ok" },
  ),
);

const final = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const interims = [100, 102, 103, 104, 150, 199].flatMap((status) =>
  [1, 2, 16, 17, 100].map((count): RawAnswer => {
    const text = `HTTP/1.1 ${status} Any\r\nA: b\r\n\r\n`.repeat(count) + final;
    const what = `${count} answers of ${status} before it`;
    return count <= 16 ? answered(what, text, { body: "ok" }) : malformed(what, text);
  }),
);
const noInterims = [
  malformed(
    "an interim answer with a body",
    `HTTP/1.1 103 Any\r\nContent-Length: 2\r\n\r\nok${final}`,
  ),
  malformed("an interim answer that is none", `HTTP/1.1 100 Continue\n\n${final}`),
  ...[
    "",
    "Connection: Upgrade\r\nUpgrade: websocket\r\n",
    "Upgrade: h2c\r\n",
    "Content-Length: 2\r\n",
  ].map((lines) =>
    malformed(
      `a switch that nobody asked for (${JSON.stringify(lines)})`,
      `HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n${final}`,
    ),
  ),
];

/** What ends, what may follow, and what comes before. */
export const rowsOfEnds: readonly RawAnswer[] = [
  ...ends,
  ...bodyless,
  ...doubtful,
  ...closing,
  ...keeping,
  ...interims,
  ...noInterims,
  answered("HTTP/1.0 is answered and not kept", final.replace("1.1", "1.0"), {
    body: "ok",
    reusable: false,
  }),
  answered(
    "HTTP/1.0 that would keep it is not believed",
    final.replace("1.1 200 OK", "1.0 200 OK\r\nConnection: keep-alive"),
    { body: "ok", reusable: false },
  ),
];
