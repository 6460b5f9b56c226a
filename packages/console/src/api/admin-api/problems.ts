// Written by npm run docs from the table of routes of the admin API: change it there.
export interface ProblemsApi {
  /** Every way in which the gate says no. */
  "GET /problems": {
    needs: "viewer";
    query: { };
    body: undefined;
    answer: readonly ({ readonly "code": string; readonly "status": number; readonly "mode": string; readonly "title": string; readonly "sentence": string; })[];
  };
}
