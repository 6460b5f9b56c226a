// Written by npm run docs from the table of routes of the admin API: change it there.
export interface RecordsApi {
  /** Decision records, the newest first. */
  "GET /records": {
    needs: "viewer";
    query: { "from"?: string; "to"?: string; "operation"?: string; "code"?: string; "app"?: string; "appVersion"?: string; "outcome"?: "passed" | "refused" | "failed"; "mode"?: "enforce" | "observe"; "traceId"?: string; "trace"?: string; "status"?: string; "client"?: string; "subject"?: string; "device"?: string; "address"?: string; "object"?: string; "owner"?: string; "cursor"?: string; "most"?: number; };
    body: undefined;
    answer: { readonly "items": readonly (Readonly<Record<string, unknown>>)[]; readonly "next"?: string; readonly "missing"?: readonly (string)[]; };
  };
  /** Records as they come, as server-sent events. */
  "GET /records/live": {
    needs: "viewer";
    query: { "operation"?: string; "code"?: string; "app"?: string; "appVersion"?: string; "outcome"?: "passed" | "refused" | "failed"; "mode"?: "enforce" | "observe"; "traceId"?: string; "trace"?: string; "status"?: string; "client"?: string; "subject"?: string; "device"?: string; "address"?: string; "object"?: string; "owner"?: string; "after"?: string; "background"?: "1"; };
    body: undefined;
    answer: string;
  };
}
