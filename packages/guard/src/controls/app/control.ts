import { createAppReader } from "../../facts/app.ts";
import { type Check, step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileForcedUpgrade, type UpgradeRules } from "./forced-upgrade.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";

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
  open: (rules: UpgradeRules) => ({
    identify: compileIdentify(),
    upgrade: compileForcedUpgrade(rules),
  }),
  request: {
    identify: step({ title: "identify", mode: undefined, needs: ["fields"], gives: ["app"] }),
    upgrade: step({ title: "app version", mode: "app", needs: ["app"], gives: [] }),
  },
  compile: (_own, { api, live: { identify, upgrade } }) => ({
    request: {
      identify,
      // The issuer's pages are opened in browsers, which do not belong to a build of the app.
      upgrade:
        upgrade === undefined || api === undefined || api.issuer
          ? undefined
          : ({ app: build }) => upgrade(build),
    },
  }),
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
