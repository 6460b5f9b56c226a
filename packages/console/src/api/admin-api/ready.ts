// Written by npm run docs from the table of routes of the admin API: change it there.
export interface ReadyApi {
  /** Controls in observe whose next step would have refused nobody. */
  "GET /ready": {
    needs: "viewer";
    query: { "since"?: string; "most"?: number; };
    body: undefined;
    answer: {
      readonly "from": string;
      readonly "items": readonly ({
        readonly "operation": string;
        readonly "place"?: string;
        readonly "control": string;
        readonly "modeWords": string;
        readonly "words": string;
        readonly "app"?: string;
        readonly "requests": number;
        readonly "seenSince": string;
        readonly "isExact": boolean;
      })[];
      readonly "count": number;
    };
  };
}
