import type { Operation } from "../../document/api-document.ts";
import { plainName } from "../../reading/names-alike.ts";

/** Writes the Cookie field anew; the same text where it is written so already. */
export type WriteCookies = (cookie: string) => string;

/** A value that needs no quotes (RFC 6265 section 4.1.1). */
const unquoted = /^"([!#-+\--:<-[\]-~]*)"$/;

/** A quote that is not closed in its own value: some programs read on behind the semicolon. */
const opensQuote = /^(?!"[^"\\]*"$).*"/s;

/**
 * Compiles how the Cookie field goes on: a pair for each cookie that was read, without quotes that
 * only some programs take away. What is no pair is read as a cookie by some (PHP, Python), and a
 * declared cookie in another spelling (`Theme`, `theme[]`) as that one by others (nginx, PHP): they
 * stay behind. Undefined where no cookie is declared.
 */
export function compileWriteCookies({ parameters }: Operation): WriteCookies | undefined {
  const declared = new Set<string>();
  const plain = new Set<string>();
  for (const { in: location, name } of parameters) {
    if (location !== "cookie") continue;
    declared.add(name);
    plain.add(plainName(name));
  }
  if (declared.size === 0) return undefined;
  /** Behind a comma, as nginx reads it. */
  const namesOne = (value: string): boolean =>
    value.includes(",") &&
    value.split(",").some((part) => plain.has(plainName(part.split("=", 1)[0] as string)));
  return (cookie) =>
    cookie
      .split(";")
      .flatMap((part) => {
        const equals = part.indexOf("=");
        const name = equals === -1 ? "" : part.slice(0, equals).trim();
        if (name === "" || name.startsWith("$")) return [];
        const value = part.slice(equals + 1).trim();
        if (declared.has(name)) return [`${name}=${unquoted.exec(value)?.[1] ?? value}`];
        return plain.has(plainName(name)) || opensQuote.test(value) || namesOne(value)
          ? []
          : [`${name}=${value}`];
      })
      .join("; ");
}
