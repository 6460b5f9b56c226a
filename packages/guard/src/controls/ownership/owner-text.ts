interface ExactJson {
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}
const json = JSON as unknown as ExactJson;

/**
 * An id as text, so that `7` of a backend is the `"7"` of a token; undefined for what names nobody.
 * Numbers that a double does not keep name nobody: two of them are read as one, and so one person's
 * would be another's.
 */
export function textOfId(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const number = json.isRawJSON(value) ? Number(value.rawJSON) : value;
  return Number.isSafeInteger(number) ? String(number) : undefined;
}

/** What a policy may compare a property with. */
export type Constant = string | number | boolean;

/** Tells whether a value of an answer is this one. Numbers and texts are compared as ids are. */
export function compileEquals(expected: Constant): (value: unknown) => boolean {
  if (typeof expected === "boolean") return (value) => value === expected;
  const text = String(expected);
  return (value) => textOfId(value) === text;
}
