// Written by npm run docs from the table of routes of the admin API: change it there.
export interface PressureApi {
  /** Lets requests of somebody to a class of operations cost a step more, on this node. */
  "POST /pressure/{kind}/{value}": {
    needs: "operator";
    query: { };
    body: { readonly "operations": string; readonly "forSeconds"?: number; };
    answer: { readonly "kind": string; readonly "value": string; readonly "operations": string; readonly "step": number; readonly "times": number; };
  };
  /** Lets them cost as usual again, on this node. */
  "POST /pressure/{kind}/{value}/lift": {
    needs: "operator";
    query: { };
    body: { readonly "operations": string; };
    answer: { readonly "kind": string; readonly "value": string; readonly "operations": string; readonly "wasPressed": boolean; };
  };
}
