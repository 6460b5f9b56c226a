// Written by npm run docs from the table of routes of the admin API: change it there.
export interface SourcesApi {
  /** How many requests came from callers of each source, since the start. */
  "GET /sources": {
    needs: "viewer";
    query: { };
    body: undefined;
    answer: Readonly<Record<string, number>>;
  };
}
