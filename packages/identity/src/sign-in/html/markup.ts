/** HTML that is safe to put into HTML. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | undefined | readonly (Markup | undefined)[];

const escapeOf: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * A template whose holes are escaped, unless they hold markup. It may be written over several lines:
 * a line break is nothing beside a tag or a hole, and a space elsewhere.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const written = inOneLine(strings);
  let text = written[0] ?? "";
  parts.forEach((part, index) => {
    text += rendered(part) + (written[index + 1] ?? "");
  });
  return new Markup(text);
}

const known = new WeakMap<TemplateStringsArray, readonly string[]>();

function inOneLine(strings: TemplateStringsArray): readonly string[] {
  let lines = known.get(strings);
  if (lines === undefined) {
    lines = strings.map((part) =>
      part
        .replaceAll(/(^|>)\s*\n\s*/g, "$1")
        .replaceAll(/\s*\n\s*($|<)/g, "$1")
        .replaceAll(/\s*\n\s*/g, " "),
    );
    known.set(strings, lines);
  }
  return lines;
}

function rendered(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map((one) => one?.text ?? "").join("");
  return String(part).replaceAll(/[&<>"']/g, (character) => escapeOf[character] as string);
}
