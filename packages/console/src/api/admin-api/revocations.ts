// Written by npm run docs from the table of routes of the admin API: change it there.
export interface RevocationsApi {
  /** Refuses what a source has given out to somebody until now, or a session, in a second. */
  "POST /revocations": {
    needs: "operator";
    query: { };
    body: { readonly "kind": "subject" | "session"; readonly "value": string; readonly "source"?: string; readonly "forSeconds"?: number; };
    answer: { readonly "kind": string; readonly "value": string; readonly "until": string; };
  };
  /** Believes them again. */
  "POST /revocations/lift": {
    needs: "operator";
    query: { };
    body: { readonly "kind": "subject" | "session"; readonly "value": string; readonly "source"?: string; };
    answer: { readonly "kind": string; readonly "value": string; };
  };
}
