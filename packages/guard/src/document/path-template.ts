/** A path template of OpenAPI, taken apart: between the literals stand the parameters. */
export interface PathTemplate {
  /** One more than there are names. */
  readonly literals: readonly string[];
  readonly names: readonly string[];
}

const known = new Map<string, PathTemplate>();

/** Takes `/accounts/{accountId}` apart. The only place that does. */
export function readTemplate(template: string): PathTemplate {
  let read = known.get(template);
  if (read === undefined) {
    read = Object.freeze({
      literals: Object.freeze(template.split(/\{[^{}]+\}/)),
      names: Object.freeze(
        [...template.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] as string),
      ),
    });
    known.set(template, read);
  }
  return read;
}

/** Two templates of one shape match the same paths: `/accounts/{}`. */
export const templateShape = (template: string): string =>
  readTemplate(template).literals.join("{}");

/** The path that has these values in place of the parameters. A value that is missing is empty. */
export function fillTemplate(
  { literals }: PathTemplate,
  values: readonly (string | undefined)[],
): string {
  let path = literals[0] ?? "";
  for (let index = 1; index < literals.length; index += 1)
    path += `${values[index - 1] ?? ""}${literals[index] ?? ""}`;
  return path;
}
