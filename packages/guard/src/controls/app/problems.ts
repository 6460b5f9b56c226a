import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("app", {
  "app-version-unsupported": {
    status: 403,
    title: "This version of the app is no longer supported",
    sentence: "Update the app; the Link field says where.",
  },
  "app-unidentified": {
    status: 400,
    title: "The app did not say which build it is",
    sentence: "Send the Portcullis-App field.",
  },
});
