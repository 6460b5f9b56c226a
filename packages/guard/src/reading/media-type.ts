/**
 * A media type with its parameters (RFC 9110 section 8.3.1), in lower case where case does not
 * matter.
 */
export interface MediaType {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const whole = new RegExp(
  `^(${token})/(${token}|\\*)((?:\\s*;\\s*${token}=(?:${token}|"(?:[^"\\\\]|\\\\.)*"))*)\\s*;?\\s*$`,
);
const one = new RegExp(`(${token})=(?:(${token})|"((?:[^"\\\\]|\\\\.)*)")`, "g");

/** Undefined when it is not one media type, or a parameter stands twice. */
export function readMediaType(text: string): MediaType | undefined {
  if (text.length > 256) return undefined;
  const match = whole.exec(text.trim());
  if (match === null) return undefined;
  const parameters = new Map<string, string>();
  for (const [, name = "", plain, quoted] of (match[3] ?? "").matchAll(one)) {
    const lower = name.toLowerCase();
    if (parameters.has(lower)) return undefined;
    parameters.set(lower, plain ?? (quoted ?? "").replaceAll(/\\(.)/g, "$1"));
  }
  return {
    type: (match[1] as string).toLowerCase(),
    subtype: (match[2] as string).toLowerCase(),
    parameters,
  };
}

/**
 * Which of the declared media types a sent one is: the exact before `type/*` before `*∕*`; a
 * declared parameter must be sent with the same value. Undefined when none fits.
 */
export function compileMediaTypes<T>(
  declared: readonly { readonly mediaType: string; readonly value: T }[],
): (sent: MediaType) => T | undefined {
  const rows = declared
    .map(({ mediaType, value }) => ({
      range: mediaType.trim() === "*/*" ? anyType : readMediaType(mediaType),
      value,
    }))
    .filter((row): row is { range: MediaType; value: T } => row.range !== undefined)
    .sort((a, b) => weight(b.range) - weight(a.range));
  return (sent) => {
    for (const { range, value } of rows)
      if (isWithin(sent, range) && hasParametersOf(sent, range)) return value;
    return undefined;
  };
}

/** Whether a type stands in a range such as `image/*`, whatever its parameters. */
function isWithin(sent: MediaType, { subtype, type }: MediaType): boolean {
  return (type === "*" || type === sent.type) && (subtype === "*" || subtype === sent.subtype);
}

function hasParametersOf(sent: MediaType, range: MediaType): boolean {
  for (const [name, expected] of range.parameters) {
    const given = sent.parameters.get(name);
    if (given !== expected && given?.toLowerCase() !== expected.toLowerCase()) return false;
  }
  return true;
}

const anyType: MediaType = { type: "*", subtype: "*", parameters: new Map() };
const weight = ({ parameters, subtype, type }: MediaType): number =>
  (type === "*" ? 0 : subtype === "*" ? 100 : 200) + parameters.size;

export const isJson = ({ subtype, type }: MediaType): boolean =>
  (type === "application" && subtype === "json") ||
  subtype.endsWith("+json") ||
  (type === "text" && subtype === "json");
