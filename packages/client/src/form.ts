type Fields = Readonly<Record<string, string | undefined>>;

/** Names and values as application/x-www-form-urlencoded; those without a value are left out. */
export const formOf = (fields: Fields): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${encode(name)}=${encode(value)}`]))
    .join("&");

const encode = (text: string): string => encodeURIComponent(text).replace(/%20/g, "+");

/**
 * The parameters of an address, whatever its scheme.
 *
 * @throws TypeError where one stands twice or cannot be read: its reader and its sender could mean
 *   different ones
 */
export function parametersOf(address: string): ReadonlyMap<string, string> {
  const query = /^[^?#]*\?([^#]*)/.exec(address)?.[1] ?? "";
  const parameters = new Map<string, string>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = decode(at === -1 ? pair : pair.slice(0, at));
    if (parameters.has(name)) throw new TypeError(`${name} stands twice`);
    parameters.set(name, at === -1 ? "" : decode(pair.slice(at + 1)));
  }
  return parameters;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, " "));
  } catch {
    throw new TypeError("a parameter is malformed");
  }
}
