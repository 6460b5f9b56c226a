// Written by npm run docs from the table of routes of the admin API: change it there.
export interface OpenapiApi {
  /** This document. */
  "GET /openapi.json": {
    needs: "viewer";
    query: { };
    body: undefined;
    answer: Readonly<Record<string, unknown>>;
  };
}
