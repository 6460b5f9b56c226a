// Written by npm run docs from the table of routes of the admin API: change it there.
export interface ClientsApi {
  /** Programs that may ask for tokens: apps of the policy and those that were added. */
  "GET /clients": {
    needs: "viewer";
    query: { };
    body: undefined;
    answer: readonly ({ readonly "id": string; readonly "kind": "native" | "web" | "service"; readonly "from": "policy" | "store"; readonly "state": "active" | "disabled"; })[];
  };
  /** Adds a client; its secret is shown once. */
  "POST /clients": {
    needs: "admin";
    query: { };
    body: {
      readonly "id": string;
      readonly "kind": "native" | "web" | "service";
      readonly "redirectUris"?: readonly (string)[];
      readonly "logoutUris"?: readonly (string)[];
      readonly "scopes"?: readonly (string)[];
      readonly "serves"?: readonly (string)[];
      readonly "secret"?: boolean;
      readonly "firstParty"?: boolean;
    };
    answer: { readonly "id": string; readonly "kind": "native" | "web" | "service"; readonly "secret"?: string; };
  };
  /** Disables a client, with its sessions and tokens, or enables it again. */
  "PATCH /clients/{id}": {
    needs: "admin";
    query: { };
    body: { readonly "disabled": boolean; };
    answer: { readonly "id": string; readonly "disabled": boolean; };
  };
  /** Removes a client that was added, with its sessions and tokens. */
  "DELETE /clients/{id}": {
    needs: "admin";
    query: { };
    body: undefined;
    answer: { readonly "id": string; readonly "removed": unknown; };
  };
}
