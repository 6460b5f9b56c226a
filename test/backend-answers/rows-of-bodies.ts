import { answered, everyByte, malformed, raw, type RawAnswer, shown } from "./raw-answer.ts";

const head = (...lines: readonly string[]): string =>
  `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`;
const chunked = head("Transfer-Encoding: chunked");
const char = (byte: number): string => String.fromCharCode(byte);

const noLengths = [
  "",
  "+2",
  "-2",
  "2.0",
  "2,2",
  "2, 2",
  "2 2",
  "0x2",
  "2e0",
  "two",
  "2;",
  "2\t2",
  '"2"',
  "\xb2",
  "1e999",
  "9007199254740993",
  "18446744073709551618",
  "99999999999999999999",
  "NaN",
  "Infinity",
  "-0",
  "_2",
  "2_",
];
const noCodings = [
  "",
  "chunk",
  "chunked2",
  "xchunked",
  "gzip",
  "identity",
  "gzip, chunked",
  "chunked, gzip",
  "chunked, chunked",
  "chunked,",
  ",chunked",
  "chunked;q=1",
  '"chunked"',
  "chun ked",
  "chunked chunked",
  "cow",
  "chunked, identity",
  "identity, chunked",
  "deflate",
  "compress",
  "trailers",
  "\xe3hunked",
  "chunked\x0b",
];

const lengthRows = noLengths.flatMap((length) => [
  malformed(`Content-Length ${JSON.stringify(length)}`, `${head(`Content-Length: ${length}`)}ok`),
  malformed(
    `Content-Length ${JSON.stringify(length)} of a HEAD`,
    head(`Content-Length: ${length}`),
    "HEAD",
  ),
]);
const codingRows = noCodings.flatMap((coding) => [
  malformed(
    `Transfer-Encoding ${JSON.stringify(coding)}`,
    `${head(`Transfer-Encoding: ${coding}`)}2\r\nok\r\n0\r\n\r\n`,
  ),
  malformed(
    `Transfer-Encoding ${JSON.stringify(coding)} with a length`,
    `${head("Content-Length: 2", `Transfer-Encoding: ${coding}`)}ok`,
  ),
]);

/** Two ways to say where the body ends; whichever is right, somebody reads the other. */
const frames = [
  "Content-Length: 2",
  "Content-Length: 12",
  "content-length: 2",
  "Transfer-Encoding: chunked",
  "TRANSFER-ENCODING: CHUNKED",
];
const twoFrames = frames.flatMap((one) =>
  frames.flatMap((other) =>
    ["GET", "HEAD"].map((method) =>
      malformed(
        `${one} and ${other} of a ${method}`,
        `${head(one, "A: b", other)}2\r\nok\r\n0\r\n\r\n`,
        method as "GET",
      ),
    ),
  ),
);

const chunkBytes = everyByte.flatMap((byte): RawAnswer[] => {
  const one = char(byte);
  const isDigit = /[0-9A-Fa-f]/.test(one);
  const isNamed = /[!#$%&'*+\-.^_`|~0-9A-Za-z;=]/.test(one);
  const isQuoted = byte === 9 || (byte >= 32 && byte !== 127 && byte !== 34);
  const row = (what: string, text: string, isFine: boolean): RawAnswer =>
    isFine ? answered(what, text, { body: "ok" }) : malformed(what, text);
  return [
    // A digit more is another size: those are rows of their own.
    ...(isDigit
      ? []
      : [row(`${shown(byte)} begins a chunk size`, `${chunked}${one}2\r\nok\r\n0\r\n\r\n`, false)]),
    ...(isDigit || byte === 59
      ? []
      : [row(`${shown(byte)} behind a chunk size`, `${chunked}2${one}\r\nok\r\n0\r\n\r\n`, false)]),
    row(`${shown(byte)} in a chunk extension`, `${chunked}2;a${one}b\r\nok\r\n0\r\n\r\n`, isNamed),
    row(
      `${shown(byte)} in a quoted chunk extension`,
      `${chunked}2;a="b${one}c"\r\nok\r\n0\r\n\r\n`,
      isQuoted,
    ),
    ...(byte === 13
      ? []
      : [
          row(
            `${shown(byte)} for the CR behind a chunk`,
            `${chunked}2\r\nok${one}\n0\r\n\r\n`,
            false,
          ),
        ]),
    ...(byte === 10
      ? []
      : [
          row(
            `${shown(byte)} for the LF behind a chunk`,
            `${chunked}2\r\nok\r${one}0\r\n\r\n`,
            false,
          ),
        ]),
    ...(byte === 10
      ? []
      : [
          row(
            `${shown(byte)} for the LF behind a size`,
            `${chunked}2\r${one}ok\r\n0\r\n\r\n`,
            false,
          ),
        ]),
  ];
});

const noChunks: Readonly<Record<string, string>> = {
  "no size": "\r\nok\r\n0\r\n\r\n",
  "a negative size": "-2\r\nok\r\n0\r\n\r\n",
  "a size with 0x": "0x2\r\nok\r\n0\r\n\r\n",
  "a size too small": "1\r\nok\r\n0\r\n\r\n",
  "a size too large": "3\r\nok\r\n0\r\n\r\n",
  "a size beyond what is counted": "fffffffffffffff\r\nok\r\n0\r\n\r\n",
  "a size that wraps to two": "10000000000000002\r\nok\r\n0\r\n\r\n",
  "seventeen digits": "00000000000000002\r\nok\r\n0\r\n\r\n",
  "a space before the size": " 2\r\nok\r\n0\r\n\r\n",
  "a bare LF behind the size": "2\nok\r\n0\r\n\r\n",
  "a bare LF behind the data": "2\r\nok\n0\r\n\r\n",
  "a bare LF behind the last size": "2\r\nok\r\n0\n\r\n",
  "a bare LF at the end": "2\r\nok\r\n0\r\n\n",
  "a bare LF in an extension": "2;a\nok\r\n0\r\n\r\n",
  "an extension that never ends": `2;${"a".repeat(300)}\r\nok\r\n0\r\n\r\n`,
  "an extension without a name": "2;\r\nok\r\n0\r\n\r\n",
  "an extension without its value": "2;a=\r\nok\r\n0\r\n\r\n",
  "an extension whose quotes do not end": '2;a="b\r\nok\r\n0\r\n\r\n',
  "bytes behind a quoted extension": '2;a="b"c\r\nok\r\n0\r\n\r\n',
  "a bare LF in a quoted extension": '2;a="\n"\r\nok\r\n0\r\n\r\n',
  "many extensions": `${`1;${"a".repeat(250)}\r\nx\r\n`.repeat(80)}0\r\n\r\n`,
  "a trailer with a bare LF": "2\r\nok\r\n0\r\nA: b\n\r\n",
  "trailers of a megabyte": `2\r\nok\r\n0\r\n${`A: ${"b".repeat(1000)}\r\n`.repeat(1000)}\r\n`,
  "a body that is not chunked": "ok, all of it\r\n\r\n",
};

const fineChunks: readonly RawAnswer[] = [
  answered("one chunk", `${chunked}2\r\nok\r\n0\r\n\r\n`, { body: "ok" }),
  answered("two chunks", `${chunked}1\r\no\r\n1\r\nk\r\n0\r\n\r\n`, { body: "ok" }),
  answered("no chunk but the last", `${chunked}0\r\n\r\n`),
  answered("a last chunk of several zeros", `${chunked}2\r\nok\r\n000\r\n\r\n`, { body: "ok" }),
  answered("a size of capitals", `${chunked}A\r\n0123456789\r\n0\r\n\r\n`, { body: "0123456789" }),
  answered("a size of small letters", `${chunked}a\r\n0123456789\r\n0\r\n\r\n`, {
    body: "0123456789",
  }),
  answered("zeros before a size", `${chunked}0002\r\nok\r\n0\r\n\r\n`, { body: "ok" }),
  answered("an extension", `${chunked}2;a=b;c="d;e"\r\nok\r\n0;f\r\n\r\n`, { body: "ok" }),
  answered("a chunk of CR LF", `${chunked}2\r\n\r\n\r\n0\r\n\r\n`, { body: "\r\n" }),
  answered("a chunk that looks like the end", `${chunked}5\r\n0\r\n\r\n\r\n0\r\n\r\n`, {
    body: "0\r\n\r\n",
  }),
  answered("trailers", `${chunked}2\r\nok\r\n0\r\nX-Sum: 1\r\nB: c\r\n\r\n`, {
    body: "ok",
    trailers: ["X-Sum", "1", "B", "c"],
  }),
  answered("the coding in capitals", `${head("TRANSFER-ENCODING: CHUNKED")}2\r\nok\r\n0\r\n\r\n`, {
    body: "ok",
  }),
];

/** Every end of a good answer that is not its end. */
const wholes = {
  length: `${head("Content-Length: 10")}0123456789`,
  chunks: `${chunked}3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n`,
  interim: `HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n${head("Content-Length: 1")}a`,
};
const cuts = Object.entries(wholes).flatMap(([name, whole]) =>
  Array.from(
    { length: whole.length },
    (_, at): RawAnswer => ({
      what: `${name}, cut behind ${at}`,
      method: "GET",
      bytes: raw(whole.slice(0, at)),
      verdict: "cut",
    }),
  ),
);

/** Bodies: lengths, codings, both of them, chunks byte by byte, and every cut. */
export const rowsOfBodies: readonly RawAnswer[] = [
  ...lengthRows,
  ...codingRows,
  ...twoFrames,
  ...chunkBytes,
  ...Object.entries(noChunks).map(([what, text]) => malformed(`${what} (chunks)`, chunked + text)),
  malformed("chunks in HTTP/1.0", `${chunked.replace("1.1", "1.0")}2\r\nok\r\n0\r\n\r\n`),
  ...fineChunks,
  ...cuts,
];
