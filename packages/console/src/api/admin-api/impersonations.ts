// Written by npm run docs from the table of routes of the admin API: change it there.
export interface ImpersonationsApi {
  /** Who acts in whose name, until when and why. */
  "GET /impersonations": {
    needs: "operator";
    query: { };
    body: undefined;
    answer: readonly ({
      readonly "id": string;
      readonly "actor": string;
      readonly "subject": string;
      readonly "reason": string;
      readonly "begunAt": string;
      readonly "until": string;
    })[];
  };
  /** Ends one, for a day at the least: for that person its actor begins none before. */
  "DELETE /impersonations/{id}": {
    needs: "operator";
    query: { };
    body: undefined;
    answer: {
      readonly "id": string;
      readonly "actor": string;
      readonly "subject": string;
      readonly "reason": string;
      readonly "begunAt": string;
      readonly "until": string;
    };
  };
}
