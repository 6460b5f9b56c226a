import { refuse, type Refusal } from "../../facts/refusal.ts";
import { problems } from "./problems.ts";
import { type App, compareVersions, readRange, readVersion } from "../../facts/app.ts";

/** What the operator says of one app. */
export interface AppRule {
  readonly id: string;
  /** The oldest version still served. */
  readonly minVersion: string | undefined;
  /** Ranges of versions that are not served, whatever came before or after them. */
  readonly blocked: readonly string[];
  /** Where the person gets a newer one. */
  readonly upgradeUrl: string | undefined;
}

export interface UpgradeRules {
  readonly apps: readonly AppRule[];
  /**
   * Requests that do not say which app they are from, or name one that is not listed, are refused.
   */
  readonly required: boolean;
}

/**
 * Undefined when no rule can refuse anybody. @throws RangeError for a version or range that is none
 */
export function compileForcedUpgrade({
  apps,
  required,
}: UpgradeRules): ((app: App | undefined) => Refusal | undefined) | undefined {
  if (!required && apps.every((app) => app.minVersion === undefined && app.blocked.length === 0))
    return undefined;
  const rules = new Map(apps.map((app) => [app.id, compileApp(app)]));
  const absent = refuse(problems["app-unidentified"], {
    detail: "no Portcullis-App field, or not in its form",
  });
  const unknown = refuse(problems["app-unidentified"], {
    detail: "the app is not one the policy names",
  });
  return (app) => {
    if (app === undefined) return required ? absent : undefined;
    const rule = rules.get(app.id);
    if (rule === undefined) return required ? unknown : undefined;
    return rule(app);
  };
}

function compileApp({
  blocked,
  minVersion,
  upgradeUrl,
}: AppRule): (app: App) => Refusal | undefined {
  const least = minVersion === undefined ? undefined : readVersion(minVersion);
  if (minVersion !== undefined && least === undefined)
    throw new RangeError(`'${minVersion}' is not a version`);
  const ranges = blocked.map((text) => {
    const range = readRange(text);
    if (range === undefined) throw new RangeError(`'${text}' is not a range of versions`);
    return range;
  });
  const headers =
    upgradeUrl === undefined
      ? {}
      : { headers: [["Link", `<${upgradeUrl}>; rel="latest-version"`]] as const };
  return (app) => {
    if (least !== undefined && compareVersions(app.numbers, least) < 0)
      return refuse(problems["app-version-unsupported"], {
        detail: `${app.id} ${app.version} is older than ${minVersion}`,
        ...headers,
      });
    return ranges.some((range) => range(app.numbers))
      ? refuse(problems["app-version-unsupported"], {
          detail: `${app.id} ${app.version} is blocked`,
          ...headers,
        })
      : undefined;
  };
}
