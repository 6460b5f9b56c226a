// Written by npm run docs from the table of routes of the admin API: change it there.
export interface HealthzApi {
  /** Whether the program lives. */
  "GET /healthz": {
    needs: undefined;
    query: { };
    body: undefined;
    answer: string;
  };
}
