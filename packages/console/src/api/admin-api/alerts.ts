// Written by npm run docs from the table of routes of the admin API: change it there.
export interface AlertsApi {
  /** Sends everybody who is told of incidents a notice that says it is a test. */
  "POST /alerts/test": {
    needs: "operator";
    query: { };
    body: undefined;
    answer: readonly (Readonly<Record<string, unknown>>)[];
  };
}
