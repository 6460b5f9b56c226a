/** The parameters of a path template as OpenAPI has it: `/users/{id}` has `id`. */
export const namesIn = (template: string): readonly string[] =>
  [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);

/**
 * Reads the paths that fit a template. @returns the parameters as they were sent, not decoded;
 * undefined for a path that does not fit
 */
export function compileTemplate(
  template: string,
): (path: string) => Readonly<Record<string, string>> | undefined {
  const names = namesIn(template);
  const literal = template.replaceAll(".", String.raw`\.`);
  const pattern = new RegExp(`^${literal.replaceAll(/\{\w+\}/g, "([^/]+)")}$`);
  return (path) => {
    const match = pattern.exec(path);
    return match === null
      ? undefined
      : Object.fromEntries(names.map((name, index) => [name, match[index + 1] as string]));
  };
}
