import { compileAlike } from "../../reading/names-alike.ts";

/**
 * Finds a property of the body, by `body.order.amount`. Undefined where there is none, or where the
 * body has a member of its way in two spellings: it would hold two values, of which only one would
 * be counted.
 */
export function compileBodyPart(part: string): (body: unknown) => unknown {
  const members = part
    .split(".")
    .slice(1)
    .map((name) => ({ name, isAlike: compileAlike(name) }));
  return (body) => {
    let value = body;
    for (const { isAlike, name } of members) {
      if (
        typeof value !== "object" ||
        value === null ||
        !Object.hasOwn(value, name) ||
        Object.keys(value).some(isAlike)
      )
        return undefined;
      value = (value as Record<string, unknown>)[name];
    }
    return value;
  };
}
