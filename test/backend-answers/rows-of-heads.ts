import { answered, everyByte, malformed, type RawAnswer, shown } from "./raw-answer.ts";

const rest = "Content-Length: 2\r\n\r\nok";
const ok = `HTTP/1.1 200 OK\r\n${rest}`;
const char = (byte: number): string => String.fromCharCode(byte);
const isName = (byte: number): boolean => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(char(byte));
const isValue = (byte: number): boolean => byte === 9 || (byte >= 32 && byte !== 127);

const noStatusLines = [
  "HTTP/1.1 200\r\n",
  "HTTP/1.1 200OK\r\n",
  "HTTP/1.1  200 OK\r\n",
  "HTTP/1.1\t200 OK\r\n",
  "HTTP/1.1 200\tOK\r\n",
  " HTTP/1.1 200 OK\r\n",
  "\r\nHTTP/1.1 200 OK\r\n",
  "\nHTTP/1.1 200 OK\r\n",
  "\0HTTP/1.1 200 OK\r\n",
  "http/1.1 200 OK\r\n",
  "HTTp/1.1 200 OK\r\n",
  "HTTP/1.2 200 OK\r\n",
  "HTTP/1.9 200 OK\r\n",
  "HTTP/1. 200 OK\r\n",
  "HTTP/1 200 OK\r\n",
  "HTTP/0.9 200 OK\r\n",
  "HTTP/2.0 200 OK\r\n",
  "HTTP/2 200 OK\r\n",
  "HTTP/11 200 OK\r\n",
  "HTTP/1.10 200 OK\r\n",
  "HTTP/01.1 200 OK\r\n",
  "HTTP/+1.1 200 OK\r\n",
  "HTTPS/1.1 200 OK\r\n",
  "ICY 200 OK\r\n",
  "RTSP/1.0 200 OK\r\n",
  "HTTP /1.1 200 OK\r\n",
  "HTTP/1.1 20 OK\r\n",
  "HTTP/1.1 2 OK\r\n",
  "HTTP/1.1 2000 OK\r\n",
  "HTTP/1.1 0200 OK\r\n",
  "HTTP/1.1 +20 OK\r\n",
  "HTTP/1.1 -20 OK\r\n",
  "HTTP/1.1 2x0 OK\r\n",
  "HTTP/1.1 0x2 OK\r\n",
  "HTTP/1.1 2 0 OK\r\n",
  "HTTP/1.1 OK\r\n",
  "HTTP/1.1 OK 200\r\n",
  "HTTP/1.1 \r\n",
  "HTTP/1.1\r\n",
  "200 OK\r\n",
  "GET / HTTP/1.1\r\n",
  "PRI * HTTP/2.0\r\n",
  "<html>ok</html>\r\n",
  "Content-Type: text/plain\r\n",
  "\x15\x03\x01\x00\x02\x02\x28\r\n",
  "SSH-2.0-OpenSSH_9.0\r\n",
  "220 mail ESMTP\r\n",
  "-ERR unknown command\r\n",
];

/** One wrong byte at each place of a status line. */
const brokenStatusLines = Array.from("HTTP/1.1 200 ", (_, at) => at).map((at) =>
  malformed(`the status line is wrong at ${at}`, `${ok.slice(0, at)}?${ok.slice(at + 1)}`),
);

const noStatuses = ["000", "001", "099", "600", "601", "700", "888", "999"];

/** Ends of a line that are none; a lone CR or LF within, before or behind. */
const noLineEnds: Readonly<Record<string, string>> = {
  "a bare LF": "\n",
  "a bare CR": "\r",
  "LF CR": "\n\r",
  "CR CR LF": "\r\r\n",
  "CR and a space before LF": "\r \n",
  "CR NUL LF": "\r\0\n",
  "NUL and CR LF": "\0\r\n",
  "a vertical tab and CR LF": "\v\r\n",
  "a form feed and CR LF": "\f\r\n",
};

const lineEndRows = Object.entries(noLineEnds).flatMap(([name, end]) => [
  malformed(`${name} ends the status line`, `HTTP/1.1 200 OK${end}${rest}`),
  malformed(`${name} ends a field`, `HTTP/1.1 200 OK\r\nA: b${end}${rest}`),
  malformed(`${name} ends the last field`, `HTTP/1.1 200 OK\r\nContent-Length: 2${end}\r\nok`),
  malformed(`${name} ends the head`, `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${end}ok`),
  malformed(`${name} stands alone behind the status line`, `HTTP/1.1 200 OK\r\n${end}ok`),
]);

const noFieldLines: Readonly<Record<string, string>> = {
  "no colon": "A",
  "no name": ": b",
  "a space before the colon": "A : b",
  "a tab before the colon": "A\t: b",
  "a space within the name": "A b: c",
  "a folded line": "A: b\r\n c",
  "a line folded with a tab": "A: b\r\n\tc",
  "a line folded to nothing": "A: b\r\n ",
  "a folded first line": " A: b",
  "a first line folded with a tab": "\tA: b",
  "a name in quotes": '"A": b',
  "a name in brackets": "[A]: b",
  "an equals sign for a colon": "A= b",
  "a semicolon for a colon": "A; b",
  "a name above ASCII": "\xc4: b",
  "a name of HTTP/2": ":status: 200",
  "a second status line": "HTTP/1.1 200 OK",
};

const fieldRows = Object.entries(noFieldLines).flatMap(([name, line]) => [
  malformed(`${name}, as the first field`, `HTTP/1.1 200 OK\r\n${line}\r\n${rest}`),
  malformed(`${name}, as a later field`, `HTTP/1.1 200 OK\r\nB: c\r\n${line}\r\n${rest}`),
  malformed(
    `${name}, as the last field`,
    `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${line}\r\n\r\nok`,
  ),
  malformed(
    `${name}, as a trailer`,
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${line}\r\n\r\n`,
  ),
]);

const byteRows = everyByte.flatMap((byte): RawAnswer[] => {
  const one = char(byte);
  const row = (what: string, isFine: boolean, text: string): RawAnswer =>
    isFine ? answered(what, text, { body: "ok" }) : malformed(what, text);
  const value = byte !== 13 && byte !== 10 && isValue(byte);
  return [
    ...(byte === 58
      ? []
      : [
          row(
            `${shown(byte)} within a name`,
            isName(byte),
            `HTTP/1.1 200 OK\r\nA${one}b: c\r\n${rest}`,
          ),
        ]),
    row(`${shown(byte)} begins a name`, isName(byte), `HTTP/1.1 200 OK\r\n${one}b: c\r\n${rest}`),
    row(`${shown(byte)} within a value`, value, `HTTP/1.1 200 OK\r\nA: b${one}c\r\n${rest}`),
    row(`${shown(byte)} within a reason`, value, `HTTP/1.1 200 O${one}K\r\n${rest}`),
  ];
});

const tooLarge = [
  malformed(
    "a line of nine thousand bytes",
    `HTTP/1.1 200 OK\r\nA: ${"b".repeat(9000)}\r\n${rest}`,
  ),
  malformed(
    "a name of nine thousand bytes",
    `HTTP/1.1 200 OK\r\n${"A".repeat(9000)}: b\r\n${rest}`,
  ),
  malformed("a reason of nine thousand bytes", `HTTP/1.1 200 ${"O".repeat(9000)}\r\n${rest}`),
  malformed("a line that never ends", `HTTP/1.1 200 OK\r\nA: ${"b".repeat(9000)}`),
  malformed(
    "a head of seventeen thousand bytes",
    `HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(250)}${`B: ${"c".repeat(8000)}\r\n`.repeat(2)}${rest}`,
  ),
  malformed(
    "a head of a megabyte",
    `HTTP/1.1 200 OK\r\n${`A: ${"b".repeat(1000)}\r\n`.repeat(1000)}${rest}`,
  ),
  malformed("three hundred fields", `HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(300)}${rest}`),
  malformed(
    "a blank value of nine thousand bytes",
    `HTTP/1.1 200 OK\r\nA:${" ".repeat(9000)}\r\n${rest}`,
  ),
  answered("two hundred fields", `HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(200)}${rest}`, {
    body: "ok",
  }),
  answered(
    "a line of eight thousand bytes",
    `HTTP/1.1 200 OK\r\nA: ${"b".repeat(8000)}\r\n${rest}`,
    { body: "ok" },
  ),
];

const fine: Readonly<Record<string, string>> = {
  "no reason": `HTTP/1.1 200 \r\n${rest}`,
  "a reason of several words": `HTTP/1.1 200 All is well\r\n${rest}`,
  "a field without a value": `HTTP/1.1 200 OK\r\nA:\r\n${rest}`,
  "a field of blanks": `HTTP/1.1 200 OK\r\nA: \t \r\n${rest}`,
  "no blank before a value": `HTTP/1.1 200 OK\r\nA:b\r\n${rest}`,
  "blanks around a value": `HTTP/1.1 200 OK\r\nA: \t b \t\r\n${rest}`,
  "one field twice": `HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n${rest}`,
  "a length in small letters": "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
  "zeros before a length": "HTTP/1.1 200 OK\r\nContent-Length: 002\r\n\r\nok",
};

/** Heads: status lines, fields, line ends, every byte at every kind of place, and bounds. */
export const rowsOfHeads: readonly RawAnswer[] = [
  ...noStatusLines.map((line) =>
    malformed(`${JSON.stringify(line)} is no status line`, line + rest),
  ),
  ...brokenStatusLines,
  ...noStatuses.map((status) => malformed(`status ${status}`, `HTTP/1.1 ${status} Any\r\n${rest}`)),
  ...lineEndRows,
  ...fieldRows,
  ...byteRows,
  ...tooLarge,
  ...Object.entries(fine).map(([what, text]) => answered(what, text, { body: "ok" })),
];
