// Written by npm run docs from the table of routes of the admin API: change it there.
export interface ReadyzApi {
  /** Whether requests can be served; 503 says what is missing, and 200 which parts are lost. */
  "GET /readyz": {
    needs: undefined;
    query: { };
    body: undefined;
    answer: string;
  };
}
