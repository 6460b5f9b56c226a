// Written by npm run docs from the table of routes of the admin API: change it there.
export interface GrantsApi {
  /** What people have let others use, until when and why. */
  "GET /grants": {
    needs: "operator";
    query: { };
    body: undefined;
    answer: readonly ({
      readonly "id": string;
      readonly "kind": string;
      readonly "from": string;
      readonly "to": string;
      readonly "object"?: string;
      readonly "methods": readonly (string)[];
      readonly "reason": string;
      readonly "createdBy": string;
      readonly "createdAt": string;
      readonly "until": string;
    })[];
  };
  /** Lets somebody use what is another's, for a while. */
  "POST /grants": {
    needs: "admin";
    query: { };
    body: {
      readonly "kind": string;
      readonly "from": string;
      readonly "to": string;
      readonly "reason": string;
      readonly "ttlSeconds": number;
      readonly "object"?: string;
      readonly "methods"?: readonly (string)[];
    };
    answer: {
      readonly "id": string;
      readonly "kind": string;
      readonly "from": string;
      readonly "to": string;
      readonly "object"?: string;
      readonly "methods": readonly (string)[];
      readonly "reason": string;
      readonly "createdBy": string;
      readonly "createdAt": string;
      readonly "until": string;
    };
  };
  /** Takes a grant back. */
  "DELETE /grants/{id}": {
    needs: "operator";
    query: { };
    body: undefined;
    answer: {
      readonly "id": string;
      readonly "kind": string;
      readonly "from": string;
      readonly "to": string;
      readonly "object"?: string;
      readonly "methods": readonly (string)[];
      readonly "reason": string;
      readonly "createdBy": string;
      readonly "createdAt": string;
      readonly "until": string;
    };
  };
}
