// Written by npm run docs from the table of routes of the admin API: change it there.
export interface ForecastApi {
  /** Who would have been refused at an operation, had its controls been enforced. */
  "GET /forecast": {
    needs: "viewer";
    query: { "operation"?: string; "control"?: "headers" | "limit" | "host" | "version" | "capacity" | "app" | "authentication" | "tokenLife" | "binding" | "websocket" | "impersonation" | "pressure" | "request" | "response" | "authorization" | "ownership" | "flow" | "disclosure" | "route"; "since"?: string; };
    body: undefined;
    answer: {
      readonly "operation": string;
      readonly "place"?: string;
      readonly "from": string;
      readonly "to": string;
      readonly "requests": number;
      readonly "controls": readonly ({
        readonly "control": string;
        readonly "sentence": string;
        readonly "rule"?: string;
        readonly "mode": "off" | "observe" | "enforce" | "staged";
        readonly "modeWords": string;
        readonly "isExact": boolean;
        readonly "estimatedBecause"?: string;
        readonly "builds": readonly ({
          readonly "app"?: string;
          readonly "version"?: string;
          readonly "seen": number;
          readonly "requests": number;
          readonly "people": number;
          readonly "boundRequests": number;
          readonly "boundPeople": number;
          readonly "mended": number;
          readonly "already": number;
        })[];
        readonly "steps": readonly ({
          readonly "words": string;
          readonly "state": "observe" | "enforce";
          readonly "app"?: string;
          readonly "percent"?: number;
          readonly "isHeld": boolean;
          readonly "isExact": boolean;
          readonly "requests": number;
          readonly "people": number;
          readonly "boundRequests": number;
          readonly "boundPeople": number;
          readonly "mended": number;
          readonly "already": number;
          readonly "builds": readonly ({
            readonly "app"?: string;
            readonly "version"?: string;
            readonly "requests": number;
            readonly "people": number;
            readonly "boundRequests": number;
            readonly "boundPeople": number;
            readonly "mended": number;
            readonly "already": number;
          })[];
        })[];
        readonly "next": number;
        readonly "unnamed": number;
        readonly "switches": readonly ({
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
        readonly "codes": readonly (string)[];
      })[];
      readonly "missing"?: readonly (string)[];
    };
  };
}
