// Written by npm run docs from the table of routes of the admin API: change it there.
export interface DetectorsApi {
  /** What is looked for, whether it is, and what each cannot see. */
  "GET /detectors": {
    needs: "viewer";
    query: { };
    body: undefined;
    answer: readonly (Readonly<Record<string, unknown>>)[];
  };
}
