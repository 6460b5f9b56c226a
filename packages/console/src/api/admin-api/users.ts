// Written by npm run docs from the table of routes of the admin API: change it there.
export interface UsersApi {
  /** People who can sign in, by id, 500 at a time. */
  "GET /users": {
    needs: "operator";
    query: { "after"?: string; };
    body: undefined;
    answer: readonly ({
      readonly "id": string;
      readonly "email"?: string;
      readonly "emailVerified": boolean;
      readonly "roles": readonly (string)[];
      readonly "tier"?: string;
      readonly "disabled": boolean;
      readonly "createdAt": string;
    })[];
  };
  /** Adds somebody, who chooses a password by mail. */
  "POST /users": {
    needs: "admin";
    query: { };
    body: {
      readonly "email": string;
      readonly "id"?: string;
      readonly "emailVerified"?: boolean;
      readonly "roles"?: readonly (string)[];
      readonly "tier"?: string | null;
    };
    answer: {
      readonly "id": string;
      readonly "email"?: string;
      readonly "emailVerified": boolean;
      readonly "roles": readonly (string)[];
      readonly "tier"?: string;
      readonly "disabled": boolean;
      readonly "createdAt": string;
    };
  };
  /** Somebody, by id or e-mail address. */
  "GET /users/{id}": {
    needs: "operator";
    query: { };
    body: undefined;
    answer: {
      readonly "id": string;
      readonly "email"?: string;
      readonly "emailVerified": boolean;
      readonly "roles": readonly (string)[];
      readonly "tier"?: string;
      readonly "disabled": boolean;
      readonly "createdAt": string;
    };
  };
  /** Changes roles, tier or whether somebody may sign in; felt at the gate in a second. */
  "PATCH /users/{id}": {
    needs: "admin";
    query: { };
    body: { readonly "roles"?: readonly (string)[]; readonly "tier"?: string | null; readonly "disabled"?: boolean; };
    answer: {
      readonly "id": string;
      readonly "email"?: string;
      readonly "emailVerified": boolean;
      readonly "roles": readonly (string)[];
      readonly "tier"?: string;
      readonly "disabled": boolean;
      readonly "createdAt": string;
    };
  };
  /** Removes somebody, with their sessions and tokens. */
  "DELETE /users/{id}": {
    needs: "admin";
    query: { };
    body: undefined;
    answer: { readonly "id": string; readonly "removed": unknown; };
  };
  /** Where somebody is signed in, the session used last first. */
  "GET /users/{id}/sessions": {
    needs: "operator";
    query: { };
    body: undefined;
    answer: readonly ({
      readonly "id": string;
      readonly "accountId": string;
      readonly "clientId": string;
      readonly "deviceId"?: string;
      readonly "label": string;
      readonly "network": string;
      readonly "createdAt": number;
      readonly "usedAt": number;
    })[];
  };
  /** Signs somebody out everywhere; every token they have is refused. */
  "DELETE /users/{id}/sessions": {
    needs: "operator";
    query: { };
    body: undefined;
    answer: { readonly "ended": number; };
  };
  /** Ends one session. */
  "DELETE /users/{id}/sessions/{session}": {
    needs: "operator";
    query: { };
    body: undefined;
    answer: { readonly "ended": number; };
  };
}
