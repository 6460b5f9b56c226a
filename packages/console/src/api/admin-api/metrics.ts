// Written by npm run docs from the table of routes of the admin API: change it there.
export interface MetricsApi {
  /** Counts and durations in the text format of Prometheus. */
  "GET /metrics": {
    needs: undefined;
    query: { };
    body: undefined;
    answer: string;
  };
}
