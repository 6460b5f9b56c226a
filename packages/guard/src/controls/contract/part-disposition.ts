import type { Part } from "./multipart-body.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const mostNameCharacters = 200;
const mostFilenameCharacters = 255;

/** One parameter, quoted or not: some libraries write quotes only where a blank asks for them. */
const parameter = /;\s*(name|filename\*?)=(?:"([^"\\]*)"|([^\s;"\\]+))\s*/giy;
/** A value with its charset and its language (RFC 8187). */
const extended = /^utf-8'[A-Za-z0-9-]*'(.*)$/i;

/**
 * Reads the disposition of a part: its name, and a file's name, each once. A string says why not.
 *
 * @param disposition a byte a character
 */
export function readDisposition(disposition: string): Pick<Part, "name" | "filename"> | string {
  const sent = readParameters(disposition);
  if (sent === undefined || !sent.has("name"))
    return "a part's disposition is not form-data with name and filename, each once";
  const name = decode(sent.get("name") as string);
  if (name === undefined) return "a part's name is not UTF-8";
  if (name.length < 1 || name.length > mostNameCharacters) return "a part's name is too long";
  const filename = readFilename(sent.get("filename"), sent.get("filename*"));
  return typeof filename === "object" ? filename.fault : { name, filename };
}

/** Undefined where something else stands there, or one stands twice. */
function readParameters(disposition: string): ReadonlyMap<string, string> | undefined {
  const begin = /^form-data\s*(?=;)/i.exec(disposition);
  if (begin === null) return undefined;
  const sent = new Map<string, string>();
  let at = begin[0].length;
  while (at < disposition.length) {
    parameter.lastIndex = at;
    const match = parameter.exec(disposition);
    if (match === null) return undefined;
    const name = (match[1] as string).toLowerCase();
    if (sent.has(name)) return undefined;
    sent.set(name, match[2] ?? (match[3] as string));
    at = parameter.lastIndex;
  }
  return sent;
}

/**
 * The one name of a file. Libraries that write it twice mean the second for names beyond ASCII (RFC
 * 8187), and the first for programs that do not read it; it goes on as one.
 */
function readFilename(
  plain: string | undefined,
  other: string | undefined,
): string | undefined | { readonly fault: string } {
  if (plain === undefined && other === undefined) return undefined;
  const first = plain === undefined ? undefined : decode(plain);
  if (plain !== undefined && first === undefined) return { fault: "a file's name is not UTF-8" };
  const second = other === undefined ? undefined : decodeExtended(other);
  if (other !== undefined && second === undefined)
    return { fault: "a file's name is not escaped as UTF-8" };
  // eslint-disable-next-line no-control-regex -- ASCII, as a name for programs that know no other
  if (first !== undefined && second !== undefined && first !== second && !/^[ -~]*$/.test(first))
    return { fault: "a file has two names" };
  const filename = (second ?? first) as string;
  if (filename.length > mostFilenameCharacters) return { fault: "a file's name is too long" };
  // oxlint-disable-next-line no-control-regex -- no name holds them
  return /["/\\\u0000-\u001f\u007f]/.test(filename) || filename === ".." || filename === "."
    ? { fault: "a file's name is a path" }
    : filename;
}

function decodeExtended(text: string): string | undefined {
  const match = extended.exec(text);
  if (match === null) return undefined;
  try {
    return decodeURIComponent(match[1] as string);
  } catch {
    return undefined;
  }
}

function decode(latin1: string): string | undefined {
  try {
    return utf8.decode(Buffer.from(latin1, "latin1"));
  } catch {
    return undefined;
  }
}
