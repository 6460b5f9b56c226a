import { compileAlike } from "../../reading/names-alike.ts";

const mostLetters = 200;

/**
 * What an attempt is at, in the one spelling of it: `Ann@x` and `ann@x` are one account. A body
 * that has the member in two spellings names nobody.
 */
export function compileReadTarget(names: readonly string[]): (body: unknown) => string {
  const members = names.map((name) => ({ name, isAlike: compileAlike(name) }));
  return (body) => {
    let value = body;
    for (const { isAlike, name } of members) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return "";
      if (Object.keys(value).some(isAlike)) return "";
      value = (value as Record<string, unknown>)[name];
    }
    if (typeof value === "number") return String(value);
    if (typeof value !== "string") return "";
    return value.slice(0, mostLetters).normalize("NFKC").trim().toLowerCase();
  };
}
