import { optional } from "../../policy/object-shape.ts";
import { appVersion, url, versionRange } from "../../policy/scalars.ts";
import { flag, list } from "../../policy/shape.ts";

export const keys = {
  root: {
    requireApp: optional(flag, "Whether requests that do not name an app of `apps` are refused."),
  },
  app: {
    minVersion: optional(appVersion, "The oldest version that is still served."),
    blocked: optional(list(versionRange, 1), "Ranges of versions that are not served."),
    upgradeUrl: optional(
      url(["https:"], "an https address of the app's newest build"),
      "Where people get a newer version.",
    ),
  },
};
