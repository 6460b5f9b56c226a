// Written by npm run docs from the table of routes of the admin API: change it there.
export interface PostureApi {
  /** Every control: where it stands, by what it is measured, whose it is; and what to do next. */
  "GET /posture": {
    needs: "viewer";
    query: { };
    body: undefined;
    answer: {
      readonly "since": string;
      readonly "requests": number;
      readonly "items": readonly ({
        readonly "control": string;
        readonly "about": string;
        readonly "kind": string;
        readonly "operations": { readonly "off": number; readonly "observe": number; readonly "staged": number; readonly "enforce": number; };
        readonly "metric": string;
        readonly "trigger": { readonly "rules": readonly (string)[]; readonly "detectors": readonly (string)[]; };
        readonly "refused": number;
        readonly "wouldHaveRefused": number;
        readonly "owner"?: string;
        readonly "lastExercised"?: string;
      })[];
      readonly "next": readonly ({ readonly "about": string; readonly "what": string; readonly "how": string; })[];
    };
  };
}
