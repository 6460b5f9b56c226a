// Written by npm run docs from the table of routes of the admin API: change it there.
export interface IncidentsApi {
  /** What detectors have found. */
  "GET /incidents": {
    needs: "viewer";
    query: { "state"?: "open" | "acknowledged" | "closed"; "severity"?: "info" | "low" | "medium" | "high" | "critical"; "kind"?: string; "operation"?: string; "most"?: number; };
    body: undefined;
    answer: {
      readonly "items": readonly ({
        readonly "id": string;
        readonly "kind": string;
        readonly "severity": "info" | "low" | "medium" | "high" | "critical";
        readonly "state": "open" | "acknowledged" | "closed";
        readonly "summary": string;
        readonly "operation": string;
        readonly "startedAt": string;
        readonly "lastAt": string;
        readonly "detector": string;
        readonly "mark"?: "true" | "benign" | "expected";
      })[];
    };
  };
  /** All that is known of one incident. */
  "GET /incidents/{id}": {
    needs: "viewer";
    query: { };
    body: undefined;
    answer: {
      readonly "id": string;
      readonly "kind": string;
      readonly "severity": "info" | "low" | "medium" | "high" | "critical";
      readonly "state": "open" | "acknowledged" | "closed";
      readonly "summary": string;
      readonly "operation": string;
      readonly "startedAt": string;
      readonly "lastAt": string;
      readonly "detector": string;
      readonly "family": string;
      readonly "operations": readonly (string)[];
      readonly "detectors": readonly (string)[];
      readonly "observed": string;
      readonly "baseline": string;
      readonly "because": { readonly "kind": string; readonly "name": string; readonly "share": number; };
      readonly "keys": readonly ({ readonly "kind": string; readonly "name": string; })[];
      readonly "keyCount": number;
      readonly "touched": { readonly "accounts": number; readonly "addresses": number; readonly "callers": number; readonly "objects": number; };
      readonly "records": readonly ({
        readonly "traceId": string;
        readonly "time": string;
        readonly "operation": string;
        readonly "status": number;
        readonly "code"?: string;
        readonly "attempt"?: string;
        readonly "address"?: string;
        readonly "subject"?: string;
      })[];
      readonly "falseIf": string;
      readonly "done": readonly ({
        readonly "at": string;
        readonly "action": string;
        readonly "mode": "observe" | "enforce";
        readonly "what": string;
        readonly "until"?: string;
        readonly "undo"?: string;
      })[];
      readonly "timeline": readonly ({ readonly "at": string; readonly "what": string; })[];
      readonly "mark"?: "true" | "benign" | "expected";
      readonly "closedAt"?: string;
      readonly "errorRate"?: number;
      readonly "release"?: { readonly "app": string; readonly "version": string; readonly "at": string; readonly "share": number; };
    };
  };
  /** Says what an incident was, or that it is looked into or over. */
  "PATCH /incidents/{id}": {
    needs: "operator";
    query: { };
    body: { readonly "mark"?: "true" | "benign" | "expected"; readonly "state"?: "open" | "acknowledged" | "closed"; };
    answer: {
      readonly "id": string;
      readonly "kind": string;
      readonly "severity": "info" | "low" | "medium" | "high" | "critical";
      readonly "state": "open" | "acknowledged" | "closed";
      readonly "summary": string;
      readonly "operation": string;
      readonly "startedAt": string;
      readonly "lastAt": string;
      readonly "detector": string;
      readonly "family": string;
      readonly "operations": readonly (string)[];
      readonly "detectors": readonly (string)[];
      readonly "observed": string;
      readonly "baseline": string;
      readonly "because": { readonly "kind": string; readonly "name": string; readonly "share": number; };
      readonly "keys": readonly ({ readonly "kind": string; readonly "name": string; })[];
      readonly "keyCount": number;
      readonly "touched": { readonly "accounts": number; readonly "addresses": number; readonly "callers": number; readonly "objects": number; };
      readonly "records": readonly ({
        readonly "traceId": string;
        readonly "time": string;
        readonly "operation": string;
        readonly "status": number;
        readonly "code"?: string;
        readonly "attempt"?: string;
        readonly "address"?: string;
        readonly "subject"?: string;
      })[];
      readonly "falseIf": string;
      readonly "done": readonly ({
        readonly "at": string;
        readonly "action": string;
        readonly "mode": "observe" | "enforce";
        readonly "what": string;
        readonly "until"?: string;
        readonly "undo"?: string;
      })[];
      readonly "timeline": readonly ({ readonly "at": string; readonly "what": string; })[];
      readonly "mark"?: "true" | "benign" | "expected";
      readonly "closedAt"?: string;
      readonly "errorRate"?: number;
      readonly "release"?: { readonly "app": string; readonly "version": string; readonly "at": string; readonly "share": number; };
    };
  };
  /** What is done about an incident, and what could be, with whom it would touch. */
  "GET /incidents/{id}/responses": {
    needs: "viewer";
    query: { "control"?: string; };
    body: undefined;
    answer: {
      readonly "items": readonly ({
        readonly "id": string;
        readonly "incident": string;
        readonly "do": "pressure" | "stepUp" | "quarantine" | "revoke" | "enforce";
        readonly "key": { readonly "kind": string; readonly "name": string; };
        readonly "operations": readonly (string)[];
        readonly "reach": { readonly "people": number; readonly "of": number; readonly "counted"?: "device-bound" | "signed-in"; readonly "since"?: string; };
        readonly "by": string;
        readonly "reason": string;
        readonly "startedAt": string;
        readonly "until": string;
        readonly "state": "holds" | "ended" | "undone";
        readonly "undo": string;
        readonly "control"?: string;
        readonly "undoneAt"?: string;
        readonly "undoneBy"?: string;
      })[];
      readonly "can": readonly ({
        readonly "do": "pressure" | "stepUp" | "quarantine" | "revoke" | "enforce";
        readonly "key"?: { readonly "kind": string; readonly "name": string; };
        readonly "share"?: number;
        readonly "reach"?: { readonly "people": number; readonly "of": number; readonly "counted"?: "device-bound" | "signed-in"; readonly "since"?: string; };
        readonly "may": boolean;
        readonly "because"?: string;
      })[];
    };
  };
  /** Does something about an incident, for a while. */
  "POST /incidents/{id}/responses": {
    needs: "operator";
    query: { };
    body: {
      readonly "do": "pressure" | "stepUp" | "quarantine" | "revoke" | "enforce";
      readonly "reason": string;
      readonly "ttlSeconds"?: number;
      readonly "control"?: string;
    };
    answer: {
      readonly "id": string;
      readonly "incident": string;
      readonly "do": "pressure" | "stepUp" | "quarantine" | "revoke" | "enforce";
      readonly "key": { readonly "kind": string; readonly "name": string; };
      readonly "operations": readonly (string)[];
      readonly "reach": { readonly "people": number; readonly "of": number; readonly "counted"?: "device-bound" | "signed-in"; readonly "since"?: string; };
      readonly "by": string;
      readonly "reason": string;
      readonly "startedAt": string;
      readonly "until": string;
      readonly "state": "holds" | "ended" | "undone";
      readonly "undo": string;
      readonly "control"?: string;
      readonly "undoneAt"?: string;
      readonly "undoneBy"?: string;
    };
  };
  /** Takes a response back. */
  "DELETE /incidents/{id}/responses/{response}": {
    needs: "operator";
    query: { };
    body: undefined;
    answer: {
      readonly "id": string;
      readonly "incident": string;
      readonly "do": "pressure" | "stepUp" | "quarantine" | "revoke" | "enforce";
      readonly "key": { readonly "kind": string; readonly "name": string; };
      readonly "operations": readonly (string)[];
      readonly "reach": { readonly "people": number; readonly "of": number; readonly "counted"?: "device-bound" | "signed-in"; readonly "since"?: string; };
      readonly "by": string;
      readonly "reason": string;
      readonly "startedAt": string;
      readonly "until": string;
      readonly "state": "holds" | "ended" | "undone";
      readonly "undo": string;
      readonly "control"?: string;
      readonly "undoneAt"?: string;
      readonly "undoneBy"?: string;
    };
  };
}
