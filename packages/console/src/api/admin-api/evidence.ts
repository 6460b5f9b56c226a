// Written by npm run docs from the table of routes of the admin API: change it there.
export interface EvidenceApi {
  /** Whom operations without an owner rule have named, in counts. */
  "GET /evidence": {
    needs: "viewer";
    query: { };
    body: undefined;
    answer: readonly (Readonly<Record<string, unknown>>)[];
  };
}
