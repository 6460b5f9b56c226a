import type { AssertionKey } from "../keys/identity-assertion.ts";

const jwksPath = "/.well-known/portcullis/jwks.json";

/** What the gate answers itself: the key that backends verify `Portcullis-Identity` with. */
export const ownPages = ({ jwks }: Pick<AssertionKey, "jwks">) =>
  new Map([
    [jwksPath, { contentType: "application/json", cacheControl: "public, max-age=60", body: jwks }],
  ]);
