import { readFormFields } from "../../reading/form-fields.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A form again, with the fields that were changed, and every other as it was sent. @param before
 * @param after the form as it was read, and what became of it
 */
export function rewriteForm(bytes: Buffer, before: Fields, after: Fields): Buffer {
  const pairs = readFormFields(bytes) ?? [];
  const taken = new Map<string, number>();
  const parts = pairs.map(({ name, value }) => {
    const index = taken.get(name) ?? 0;
    taken.set(name, index + 1);
    if (Object.is(before[name], after[name])) return [name, value];
    const next = after[name];
    if (!Array.isArray(next)) return [name, textOf(next)];
    const sentOneByOne = pairs.filter((pair) => pair.name === name).length === next.length;
    return [name, sentOneByOne ? textOf(next[index]) : next.map(textOf).join(",")];
  });
  return Buffer.from(new URLSearchParams(parts).toString());
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);
