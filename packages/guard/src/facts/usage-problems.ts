import { defineProblems } from "./problem.ts";

/** Said of callers who do not use the API as people do, however that was found. */
export const usageProblems = defineProblems("pressure", {
  "usage-abnormal": {
    status: 429,
    title: "This is not how the API is used",
    sentence: "Wait for the time in Retry-After.",
  },
});

/** Of the registry of problem types. */
export const abnormalUsage =
  "https://iana.org/assignments/http-problem-types#abnormal-usage-detected";
