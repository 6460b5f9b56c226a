/**
 * Splits a JSON pointer (RFC 6901), where `*` may stand for every element of an array.
 *
 * @throws RangeError
 */
export function readPointer(pointer: string): string[] {
  if (!pointer.startsWith("/"))
    throw new RangeError(`'${pointer}' is not a JSON pointer; expected a form such as /customerId`);
  return pointer.slice(1).split("/").map(unescapeToken);
}

/** One token of a JSON pointer as the name it stands for. */
export const unescapeToken = (token: string): string =>
  token.replaceAll("~1", "/").replaceAll("~0", "~");

/** A name as one token of a JSON pointer. */
export const escapeToken = (name: string): string =>
  name.replaceAll("~", "~0").replaceAll("/", "~1");
