// Written by npm run docs from the table of routes of the admin API: change it there.
export interface PseudonymsApi {
  /** Whom a pseudonym in records stands for. */
  "POST /pseudonyms/{pseudonym}/reveal": {
    needs: "operator";
    query: { };
    body: { readonly "because": string; };
    answer: { readonly "subject": string; };
  };
}
