/**
 * `_method=DELETE` in a query or a body makes of a POST a DELETE for Rails, Laravel, Spring's
 * HiddenHttpMethodFilter and whoever uses Express's method-override.
 */

const methods: ReadonlySet<string> = new Set(
  (
    "GET HEAD PUT PATCH DELETE OPTIONS TRACE CONNECT QUERY SEARCH LINK UNLINK PURGE " +
    "PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT MERGE"
  ).split(" "),
);

/**
 * The name as the most forgiving reader spells it. PHP makes `_` of a blank, a dot or a lone
 * bracket, passes over blanks before it, and reads no further than a NUL.
 */
// oxlint-disable-next-line no-control-regex -- PHP reads a name as far as its first NUL
const overrideName = /^\s*[_. []method\s*(?:[[\u0000].*)?$/is;

export const isOverrideName = (name: string): boolean => overrideName.test(name);

/** The method that a value stands for; undefined where it is none, or that of the request itself. */
export function overridingMethod(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(overridingMethod).find((one) => one !== undefined);
  if (typeof value !== "string") return undefined;
  const method = value.trim().toUpperCase();
  return methods.has(method) ? method : undefined;
}

/**
 * The first override in a query or a urlencoded form, read as forgivingly as any backend does:
 * escapes that are none are text, and a semicolon divides.
 *
 * @param declared a name that is read elsewhere, and is no second method here
 */
export function overrideInPairs(text: string, declared?: string): string | undefined {
  if (!/method/i.test(text) && !text.includes("%")) return undefined;
  for (const pair of text.split(/[&;]/)) {
    const equals = pair.indexOf("=");
    if (equals === -1) continue;
    const name = forgivingText(pair.slice(0, equals));
    if (name === declared || !isOverrideName(name)) continue;
    const method = overridingMethod(forgivingText(pair.slice(equals + 1)));
    if (method !== undefined) return method;
  }
  return undefined;
}

const forgivingText = (text: string): string =>
  text
    .replaceAll("+", " ")
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );

/** The first override among the members of an object. */
export function overrideInMembers(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  for (const name of Object.keys(value)) {
    if (!isOverrideName(name)) continue;
    const method = overridingMethod((value as Record<string, unknown>)[name]);
    if (method !== undefined) return method;
  }
  return undefined;
}
