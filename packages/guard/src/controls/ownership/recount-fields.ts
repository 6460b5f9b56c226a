import { type CountKind, countKindOfField, tellingRelations } from "./count-names.ts";
import type { Cut } from "./recount.ts";

/** Which header fields of a cut list are counted again or taken away. */
export interface FieldNames {
  /** In lower case. */
  readonly totals: ReadonlySet<string>;
  readonly keep: ReadonlySet<string>;
}

/** Counts again, or takes away, what header fields tell of a list. Flat; changed in place. */
export function recountFields(headers: string[], { sent, shown }: Cut, names: FieldNames): void {
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    const name = (headers[index] as string).toLowerCase();
    if (names.keep.has(name)) continue;
    const value = headers[index + 1] as string;
    const left =
      name === "link" ? withoutTelling(value) : recounted(value, kindOf(name, names), sent, shown);
    if (left === undefined) headers.splice(index, 2);
    else headers[index + 1] = left;
  }
}

const kindOf = (name: string, { totals }: FieldNames): CountKind | undefined =>
  totals.has(name) ? "count" : countKindOfField(name);

/** Undefined for a field that is taken away. */
function recounted(
  value: string,
  kind: CountKind | undefined,
  sent: number,
  shown: number,
): string | undefined {
  if (kind === undefined) return value;
  return kind === "count" && value.trim() === String(sent) ? String(shown) : undefined;
}

/** A Link field without what leads to more of the list; undefined when nothing is left. */
function withoutTelling(value: string): string | undefined {
  const links = value.match(/<[^<>]*>[^<]*/g) ?? [];
  const left = links
    .map((link) => link.replace(/[\s,]+$/, ""))
    .filter((link) => !relationsOf(link).some((one) => tellingRelations.has(one)));
  return left.length === 0 ? undefined : left.join(", ");
}

const relationsOf = (link: string): readonly string[] =>
  (/;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(link)?.slice(1).join(" ") ?? "")
    .toLowerCase()
    .split(/\s+/);
