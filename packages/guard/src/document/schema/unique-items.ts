/**
 * Whether no two elements are equal as JSON Schema means it. By the spelling of each in one
 * canonical form, so that the time grows with the list and not with its square: the caller chooses
 * the list.
 */
export function areUnique(list: readonly unknown[]): boolean {
  const seen = new Set<string>();
  for (const element of list) {
    const spelling = canonical(element);
    if (seen.has(spelling)) return false;
    seen.add(spelling);
  }
  return true;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const object = value as Record<string, unknown>;
  return `{${Object.keys(object)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(object[name])}`)
    .join(",")}}`;
}
