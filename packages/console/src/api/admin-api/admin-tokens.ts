// Written by npm run docs from the table of routes of the admin API: change it there.
export interface AdminTokensApi {
  /** The tokens of this API, by name; the tokens themselves are kept nowhere. */
  "GET /admin-tokens": {
    needs: "admin";
    query: { };
    body: undefined;
    answer: readonly ({ readonly "name": string; readonly "role": "viewer" | "operator" | "admin"; readonly "createdAt": string; readonly "expiresAt": string; })[];
  };
  /** Makes a token of this API, which is shown once. */
  "POST /admin-tokens": {
    needs: "admin";
    query: { };
    body: { readonly "name": string; readonly "role": "viewer" | "operator" | "admin"; readonly "ttlSeconds": number; };
    answer: { readonly "name": string; readonly "role": "viewer" | "operator" | "admin"; readonly "token": string; };
  };
  /** Ends a token of this API at once. */
  "DELETE /admin-tokens/{name}": {
    needs: "admin";
    query: { };
    body: undefined;
    answer: { readonly "name": string; readonly "revoked": unknown; };
  };
}
