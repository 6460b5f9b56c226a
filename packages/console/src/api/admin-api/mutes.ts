// Written by npm run docs from the table of routes of the admin API: change it there.
export interface MutesApi {
  /** What nobody is told of for a while. */
  "GET /mutes": {
    needs: "viewer";
    query: { };
    body: undefined;
    answer: readonly ({
      readonly "id": string;
      readonly "reason": string;
      readonly "by": string;
      readonly "until": string;
      readonly "kind"?: string;
      readonly "operation"?: string;
      readonly "incident"?: string;
    })[];
  };
  /** Keeps quiet about a kind, an operation or one incident, for a while. */
  "POST /mutes": {
    needs: "operator";
    query: { };
    body: { readonly "reason": string; readonly "ttlSeconds": number; readonly "kind"?: string; readonly "operation"?: string; readonly "incident"?: string; };
    answer: {
      readonly "id": string;
      readonly "reason": string;
      readonly "by": string;
      readonly "until": string;
      readonly "kind"?: string;
      readonly "operation"?: string;
      readonly "incident"?: string;
    };
  };
  /** Ends a mute. */
  "DELETE /mutes/{id}": {
    needs: "operator";
    query: { };
    body: undefined;
    answer: {
      readonly "id": string;
      readonly "reason": string;
      readonly "by": string;
      readonly "until": string;
      readonly "kind"?: string;
      readonly "operation"?: string;
      readonly "incident"?: string;
    };
  };
}
