import { createHash } from "node:crypto";

const digest = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** What a row is found by: the token itself is never written down. */
export const recordId = (model: string, id: string): string => digest(`${model}\n${id}`);

/** The family of everything that came of one sign-in. */
export const grantRef = (grantId: string): string => digest(`grant\n${grantId}`);

/** `sid` of access tokens: the family's public name, from which its grant cannot be told. */
export const sessionIdOf = (grantId: string): string => digest(`session\n${grantId}`).slice(0, 24);

/** A device is the key that it proves with: another key is another device. */
export const deviceIdOf = (keyThumbprint: string): string =>
  digest(`device\n${keyThumbprint}`).slice(0, 24);
