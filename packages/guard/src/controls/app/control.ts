import { createAppReader } from "../../facts/app.ts";
import type { Stages } from "../../facts/stage.ts";
import { type Check, step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileForcedUpgrade, type UpgradeRules } from "./forced-upgrade.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";
import { words } from "./words.ts";

export const app = defineControl({
  name: "app",
  sentence: "Which build of which app calls, and whether it is still served.",
  modeKeys: [
    {
      key: "app",
      kind: "settable",
      sentence: "Which build of the app calls: too old, blocked, or not named.",
      answers: "`Portcullis-App: harbour-ios/3.4.1 (build 812; ios 19.1)` names it.",
    },
  ],
  keys,
  problems: [problems],
  plan: ({ apps = [], requireApp = false }): UpgradeRules => ({
    apps: apps.map(({ blocked = [], id, minVersion, upgradeUrl }) => ({
      id,
      minVersion,
      blocked,
      upgradeUrl,
    })),
    required: requireApp,
  }),
  open: (rules: UpgradeRules, _ports: unknown, { stages }) => ({
    identify: compileIdentify(),
    upgrade: compileForcedUpgrade(rules),
    stay: stages === undefined ? undefined : compileStay(stages),
  }),
  request: {
    identify: step({ title: "identify", mode: undefined, needs: ["fields"], gives: ["app"] }),
    upgrade: step({ title: "app version", mode: "app", needs: ["app"], gives: [] }),
    stay: step({
      title: "stay in the stage",
      mode: undefined,
      // Whoever has stolen a token must not lead its owner into a stage.
      needs: ["app", "bindingJudged", "caller"],
      gives: [],
    }),
  },
  compile: (_own, { api, live: { identify, stay, upgrade } }) => ({
    request: {
      identify,
      stay,
      // The issuer's pages are opened in browsers, which do not belong to a build of the app.
      upgrade:
        upgrade === undefined || api === undefined || api.issuer
          ? undefined
          : ({ app: build }) => upgrade(build),
    },
  }),
  words,
});

/**
 * Notes which build of the app says that it calls. Anybody can claim to be any build, so this
 * serves metrics and forced upgrades and must never decide what is permitted.
 */
function compileIdentify(): Check<"fields", "app"> {
  const readApp = createAppReader();
  return (known) => {
    known.app = readApp(known.fields.app);
    return undefined;
  };
}

/** Who is once seen on a build that fits a stage stays in it. */
const compileStay =
  (stages: Stages): Check<"app" | "caller"> =>
  ({ app: build, caller }) => {
    if (build !== undefined && caller !== undefined) stages.note(build, caller);
    return undefined;
  };
