// Written by npm run docs from the table of routes of the admin API: change it there.
export interface LimitsApi {
  /** Who spends most of what limits allow just now, at this node. */
  "GET /limits/top": {
    needs: "operator";
    query: { "by"?: "user" | "address" | "operation"; "most"?: number; };
    body: undefined;
    answer: {
      readonly "by": "user" | "address" | "operation";
      readonly "seconds": number;
      readonly "requests": number;
      readonly "cost": number;
      readonly "estimated": boolean;
      readonly "items": readonly ({ readonly "who": string; readonly "requests": number; readonly "cost": number; readonly "held": number; })[];
    };
  };
  /** Gives somebody back what limits have taken of them. */
  "POST /limits/give": {
    needs: "operator";
    query: { };
    body: { readonly "keys": readonly (string)[]; };
    answer: {
      readonly "limits": readonly ({
        readonly "limit": string;
        readonly "per": readonly (string)[];
        readonly "operations": readonly (string)[];
        readonly "given": boolean;
        readonly "needs": readonly (string)[];
      })[];
      readonly "lost"?: string;
    };
  };
}
