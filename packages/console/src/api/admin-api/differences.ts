// Written by npm run docs from the table of routes of the admin API: change it there.
export interface DifferencesApi {
  /** What differs most from the same hours a week before, and what it likely comes from. */
  "GET /differences": {
    needs: "viewer";
    query: { "from"?: string; "to"?: string; "app"?: string; "appVersion"?: string; "most"?: number; };
    body: undefined;
    answer: {
      readonly "items": readonly ({
        readonly "operation": string;
        readonly "what": "more" | "fewer" | "trouble";
        readonly "code"?: string;
        readonly "mode"?: string;
        readonly "class"?: string;
        readonly "app"?: string;
        readonly "appVersion"?: string;
        readonly "count": number;
        readonly "expected": number;
        readonly "of": number;
        readonly "likely": {
          readonly "kind": "release" | "build" | "switch" | "backend" | "callers" | "new";
          readonly "app"?: string;
          readonly "version"?: string;
          readonly "at"?: string;
          readonly "switch"?: string;
        };
      })[];
      readonly "missing"?: readonly (string)[];
    };
  };
}
