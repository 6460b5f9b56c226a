import { headerProblems } from "../../facts/header-fields.ts";
import { refuse } from "../../facts/refusal.ts";
import { type Check, step } from "../check.ts";
import { defineControl, type EveryAnswer } from "../control.ts";
import { planVersions, type VersionEnd, type VersioningPlan } from "./plan.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";
import { compileSelectVersion } from "./select-version.ts";

export const version = defineControl({
  name: "version",
  sentence: "Which version of the API is asked for, and whether it is still served.",
  modeKeys: [
    {
      key: "version",
      kind: "settable",
      sentence: "Which version of the API is asked for: unknown, or one that has ended.",
    },
  ],
  keys,
  problems: [problems, headerProblems],
  names: ({ versioning }): Record<string, readonly string[]> => ({
    ...(versioning?.query === undefined ? {} : { "query parameter": [versioning.query] }),
    ...(versioning?.header === undefined ? {} : { "header field": [versioning.header] }),
  }),
  plan: planVersions,
  first: {
    select: step({
      title: "version",
      mode: undefined,
      needs: ["admitted", "fields", "query"],
      gives: ["version"],
    }),
  },
  compileFirst: (_live, whole) => ({ select: compileSelectVersion(whole) }),
  request: { sunset: step({ title: "sunset", mode: "version", needs: [], gives: [] }) },
  everyAnswer: (_live, { versioning }) => sayWhatChose(versioning),
  compile(_own, { api, whole }) {
    const everyAnswer = api?.issuer === true ? undefined : sayWhatChose(whole.versioning);
    const end = api === undefined ? undefined : whole.ends[api.index];
    return end === undefined
      ? { everyAnswer }
      : { everyAnswer, request: { sunset: compileSunset(end) }, answerFields: end.answerFields };
  },
});

/** A cache must not give the answer of one version to who asks for another. */
function sayWhatChose(versioning: VersioningPlan): EveryAnswer | undefined {
  if (versioning.from !== "header" && versioning.from !== "accept") return undefined;
  const name = versioning.from === "accept" ? "Accept" : versioning.name;
  return { replaces: [], add: ({ answerFields }) => void answerFields.push("Vary", name) };
}

function compileSunset({ answerFields, sunsetAtMs }: VersionEnd): Check<never> | undefined {
  if (sunsetAtMs === undefined) return undefined;
  const headers = answerFields.flatMap((name, index) =>
    index % 2 === 0 ? [[name, answerFields[index + 1] as string] as const] : [],
  );
  const ended = refuse(problems["version-sunset"], { headers });
  return ({ receivedAtMs }) => (receivedAtMs >= sunsetAtMs ? ended : undefined);
}
