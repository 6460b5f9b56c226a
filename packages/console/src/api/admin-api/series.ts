// Written by npm run docs from the table of routes of the admin API: change it there.
export interface SeriesApi {
  /** Requests and decisions in counts, by time and by what tells them apart. */
  "GET /series": {
    needs: "viewer";
    query: { "from"?: string; "to"?: string; "operation"?: string; "code"?: string; "app"?: string; "appVersion"?: string; "outcome"?: "passed" | "refused" | "failed"; "mode"?: "enforce" | "observe"; "class"?: "1" | "2" | "3" | "4" | "5"; "step"?: "minute" | "hour" | "day" | "all"; "by"?: string; "durations"?: "true" | "false"; };
    body: undefined;
    answer: {
      readonly "items": readonly ({
        readonly "at": string;
        readonly "operation"?: string;
        readonly "app"?: string;
        readonly "appVersion"?: string;
        readonly "outcome"?: string;
        readonly "class"?: string;
        readonly "code"?: string;
        readonly "mode"?: string;
        readonly "requests": number;
        readonly "decided": number;
        readonly "durationMs"?: { readonly "p50"?: number; readonly "p95"?: number; readonly "p99"?: number; };
        readonly "upstreamMs"?: { readonly "p50"?: number; readonly "p95"?: number; readonly "p99"?: number; };
      })[];
      readonly "estimated": boolean;
      readonly "missing"?: readonly (string)[];
    };
  };
}
