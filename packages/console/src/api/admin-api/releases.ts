// Written by npm run docs from the table of routes of the admin API: change it there.
export interface ReleasesApi {
  /** Versions of apps that people were given, and when. */
  "GET /releases": {
    needs: "viewer";
    query: { "app"?: string; "found"?: "true" | "false"; "most"?: number; };
    body: undefined;
    answer: {
      readonly "items": readonly ({
        readonly "app": string;
        readonly "version": string;
        readonly "at": string;
        readonly "source": "said" | "seen" | "found";
        readonly "by"?: string;
        readonly "note"?: string;
      })[];
    };
  };
  /** Says that a version of an app was released. */
  "POST /releases": {
    needs: "operator";
    query: { };
    body: { readonly "app": string; readonly "version": string; readonly "at"?: string; readonly "note"?: string; };
    answer: {
      readonly "app": string;
      readonly "version": string;
      readonly "at": string;
      readonly "source": "said" | "seen" | "found";
      readonly "by"?: string;
      readonly "note"?: string;
    };
  };
  /** Takes back that a version was released. */
  "DELETE /releases/{app}/{version}": {
    needs: "operator";
    query: { };
    body: undefined;
    answer: {
      readonly "app": string;
      readonly "version": string;
      readonly "at": string;
      readonly "source": "said" | "seen" | "found";
      readonly "by"?: string;
      readonly "note"?: string;
    };
  };
}
