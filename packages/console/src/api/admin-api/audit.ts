// Written by npm run docs from the table of routes of the admin API: change it there.
export interface AuditApi {
  /** Whether entries of the audit were changed, taken out, put in or moved. */
  "GET /audit/verify": {
    needs: "viewer";
    query: { };
    body: undefined;
    answer: {
      readonly "intact": boolean;
      readonly "entries": number;
      readonly "waiting": number;
      readonly "from": number;
      readonly "head": { readonly "sequence": number; readonly "hash": string; };
      readonly "fault"?: string;
    };
  };
  /** What was done to accounts, clients and keys, and by whom. */
  "GET /audit": {
    needs: "operator";
    query: { "most"?: number; };
    body: undefined;
    answer: readonly ({ readonly "at": string; readonly "actor": string; readonly "action": string; readonly "about": string; readonly "details": Readonly<Record<string, unknown>>; })[];
  };
}
