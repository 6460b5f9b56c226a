import { checkOwnerInAnswer } from "./owner-in-answer.ts";

/**
 * Takes from a list what is not the caller's. Undefined when nothing had to go, or there is no list
 * where the rule expects one.
 */
export function filterForeign(
  answer: unknown,
  pointer: readonly string[],
  owner: string | undefined,
): { readonly value: unknown; readonly removed: number } | undefined {
  const star = pointer.indexOf("*");
  const inside = pointer.slice(star + 1);
  let removed = 0;
  const at = (value: unknown, depth: number): unknown => {
    if (depth === star) {
      if (!Array.isArray(value)) return value;
      const own = (value as unknown[]).filter(
        (element) => checkOwnerInAnswer(element, inside, owner) === undefined,
      );
      removed = value.length - own.length;
      return own;
    }
    const token = pointer[depth] as string;
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, token)) return value;
    return { ...value, [token]: at((value as Record<string, unknown>)[token], depth + 1) };
  };
  const value = at(answer, 0);
  return removed === 0 ? undefined : { value, removed };
}
