// Written by npm run docs from the table of routes of the admin API: change it there.
export interface ConsoleApi {
  /** Who may sign in to the console, by name. */
  "GET /console/people": {
    needs: "admin";
    query: { };
    body: undefined;
    answer: readonly ({
      readonly "name": string;
      readonly "role": "viewer" | "operator" | "admin";
      readonly "createdAt": string;
      readonly "lastSeenAt"?: string;
      readonly "passkeys": number;
    })[];
  };
  /** Makes a link that lets one person into the console, once and within ten minutes. */
  "POST /console/invitations": {
    needs: "admin";
    query: { };
    body: { readonly "role": "viewer" | "operator" | "admin"; readonly "name"?: string; };
    answer: { readonly "link": string; readonly "endsAt": string; };
  };
  /** Changes what somebody of the console may do, from their next request on. */
  "PATCH /console/people/{name}": {
    needs: "admin";
    query: { };
    body: { readonly "role": "viewer" | "operator" | "admin"; };
    answer: {
      readonly "name": string;
      readonly "role": "viewer" | "operator" | "admin";
      readonly "createdAt": string;
      readonly "lastSeenAt"?: string;
      readonly "passkeys": number;
    };
  };
  /** Takes somebody out of the console: their sessions end, and their passkeys open nothing. */
  "DELETE /console/people/{name}": {
    needs: "admin";
    query: { };
    body: undefined;
    answer: { readonly "name": string; readonly "removed": unknown; };
  };
}
