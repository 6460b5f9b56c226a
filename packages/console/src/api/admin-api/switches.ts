// Written by npm run docs from the table of routes of the admin API: change it there.
export interface SwitchesApi {
  /** Modes that were set while the program runs, by whom and why. */
  "GET /switches": {
    needs: "viewer";
    query: { "ended"?: "true" | "false"; };
    body: undefined;
    answer: readonly ({
      readonly "id": string;
      readonly "operation": string;
      readonly "control"?: string;
      readonly "mode": "off" | "observe" | "enforce";
      readonly "app"?: string;
      readonly "percent"?: number;
      readonly "reason": string;
      readonly "createdBy": string;
      readonly "createdAt": string;
      readonly "endsAt"?: string;
      readonly "undoneBy"?: string;
      readonly "undoneAt"?: string;
    })[];
  };
  /** Sets a mode, or closes an operation, while the program runs. */
  "POST /switches": {
    needs: "operator";
    query: { };
    body: {
      readonly "operation": string;
      readonly "state": "on" | "off" | "observe" | "enforce";
      readonly "reason": string;
      readonly "control"?: string;
      readonly "app"?: string;
      readonly "percent"?: number;
      readonly "ttlSeconds"?: number;
    };
    answer: {
      readonly "id": string;
      readonly "operation": string;
      readonly "control"?: string;
      readonly "mode": "off" | "observe" | "enforce";
      readonly "app"?: string;
      readonly "percent"?: number;
      readonly "reason": string;
      readonly "createdBy": string;
      readonly "createdAt": string;
      readonly "endsAt"?: string;
      readonly "undoneBy"?: string;
      readonly "undoneAt"?: string;
    };
  };
  /** Takes a switch back: what held before it holds again. */
  "DELETE /switches/{id}": {
    needs: "operator";
    query: { };
    body: undefined;
    answer: {
      readonly "id": string;
      readonly "operation": string;
      readonly "control"?: string;
      readonly "mode": "off" | "observe" | "enforce";
      readonly "app"?: string;
      readonly "percent"?: number;
      readonly "reason": string;
      readonly "createdBy": string;
      readonly "createdAt": string;
      readonly "endsAt"?: string;
      readonly "undoneBy"?: string;
      readonly "undoneAt"?: string;
    };
  };
}
