import type { MediaType } from "./media-type.ts";

const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/**
 * A media type in its one spelling (RFC 9110 section 8.3.1): small letters where case does not
 * matter, one semicolon and blank before each parameter, quotes only where they are needed.
 */
export const writeMediaType = ({ parameters, subtype, type }: MediaType): string =>
  [
    `${type}/${subtype}`,
    ...[...parameters].map(([name, value]) => `; ${name}=${writeValue(value)}`),
  ].join("");

const writeValue = (value: string): string =>
  token.test(value) ? value : `"${value.replaceAll(/["\\]/g, "\\$&")}"`;

/**
 * Parameters by which a body is read. Another spelling of one is read by some programs and not by
 * others: `boundary*` and `boundary*0` (RFC 2231), and whatever merely holds the word.
 */
const readBy = ["boundary", "charset"] as const;

/** The first parameter that some program takes for one by which the body is read. */
export function twinParameter({ parameters }: MediaType): string | undefined {
  for (const [name, value] of parameters)
    for (const real of readBy)
      if (name !== real && (name.includes(real) || value.toLowerCase().includes(`${real}=`)))
        return name;
  return undefined;
}
