import type { RawAnswer, Verdict } from "./raw-answer.ts";

/**
 * The grammar of RFC 9112 as expressions over the whole text: slow, and written apart from the
 * reader, so that neither can have the other's mistakes.
 */
const value = String.raw`[\t \x21-\x7e\x80-\xff]*`;
const fieldLine = String.raw`[!#$%&'*+\-.^_\`|~0-9A-Za-z]+:${value}\r\n`;
const head = new RegExp(
  String.raw`^HTTP/1\.([01]) ([1-5][0-9][0-9]) ${value}\r\n((?:${fieldLine})*)\r\n`,
);
const token = String.raw`[!#$%&'*+\-.^_\`|~0-9A-Za-z]+`;
const quoted = String.raw`"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"`;
const chunk = new RegExp(
  String.raw`^([0-9A-Fa-f]{1,13})((?:;${token}(?:=(?:${token}|${quoted}))?)*)\r\n`,
);
const trailers = new RegExp(`^((?:${fieldLine})*)\r\n`);

const mostHead = 16_384;
const mostLine = 8192;
const mostFields = 256;

/** Undefined where the text is no whole answer: broken, or with more to come. */
export function readByGrammar(row: Pick<RawAnswer, "bytes" | "method">): Verdict | undefined {
  let rest = row.bytes.toString("latin1");
  for (let interim = 0; ; interim += 1) {
    const found = head.exec(rest);
    if (found === null || !isInBounds(found[0])) return undefined;
    const [whole, minor, code, lines = ""] = found;
    const status = Number(code);
    rest = rest.slice(whole.length);
    if (status >= 200) return readBody(status, minor === "1", fieldsOf(lines), rest, row.method);
    if (status === 101 || interim === 16) return undefined;
  }
}

const isInBounds = (text: string): boolean => {
  const lines = text.split("\r\n");
  return (
    text.length <= mostHead &&
    lines.every((line) => line.length + 2 <= mostLine) &&
    lines.length <= mostFields + 3
  );
};

type Fields = readonly (readonly [name: string, value: string])[];

function fieldsOf(lines: string): Fields {
  return lines
    .split("\r\n")
    .slice(0, -1)
    .map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, "")];
    });
}

const valuesOf = (fields: Fields, wanted: string): readonly string[] =>
  fields.flatMap(([name, one]) => (name.toLowerCase() === wanted ? [one] : []));

function readBody(
  status: number,
  isLater: boolean,
  fields: Fields,
  rest: string,
  method: string,
): Verdict | undefined {
  const lengths = valuesOf(fields, "content-length");
  const codings = valuesOf(fields, "transfer-encoding");
  if (lengths.length + codings.length > 1) return undefined;
  if (lengths.some((length) => !/^[0-9]{1,15}$/.test(length))) return undefined;
  if (codings.some((coding) => coding.toLowerCase() !== "chunked" || !isLater)) return undefined;
  const closes = valuesOf(fields, "connection").some((one) =>
    one.split(",").some((option) => option.trim().toLowerCase() === "close"),
  );
  const lies = status === 204 && (codings.length > 0 || Number(lengths[0] ?? 0) > 0);
  const reusable = isLater && !closes && !lies;
  if (method === "HEAD" || status === 204 || status === 304)
    return { status, body: "", reusable: reusable && rest === "" };
  if (codings.length > 0) return readChunks(status, rest, reusable);
  const [length] = lengths;
  if (length === undefined || rest.length < Number(length)) return undefined;
  const body = rest.slice(0, Number(length));
  return { status, body, reusable: reusable && rest.length === body.length };
}

function readChunks(status: number, text: string, reusable: boolean): Verdict | undefined {
  let body = "";
  let rest = text;
  let extensions = 0;
  for (;;) {
    const found = chunk.exec(rest);
    if (found === null) return undefined;
    const [line, digits, extension = ""] = found;
    const size = Number.parseInt(digits ?? "", 16);
    // The semicolon is of the size, the line end of the extension.
    extensions += extension.length;
    if (extension.length > 256 || extensions > 16_384) return undefined;
    rest = rest.slice(line.length);
    if (size === 0) break;
    if (rest.slice(size, size + 2) !== "\r\n") return undefined;
    body += rest.slice(0, size);
    rest = rest.slice(size + 2);
  }
  const found = trailers.exec(rest);
  if (found === null || !isInBounds(`\r\n${found[0]}`)) return undefined;
  const [whole, lines = ""] = found;
  const told = fieldsOf(lines).flat();
  const isAll = rest.length === whole.length;
  return {
    status,
    body,
    ...(told.length > 0 ? { trailers: told } : {}),
    reusable: reusable && isAll,
  };
}
