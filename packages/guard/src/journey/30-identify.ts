import type { Check } from "../exchange.ts";
import type { Refusal } from "../refusal.ts";
import type { JourneyExchange } from "./step.ts";

/** The app's own word for which build it is. A claim: good for metrics, rollout and upgrades, never for permission. */
export interface ClaimedApp {
  readonly id: string;
  readonly version: string;
}

export interface IdentifyRules<App extends ClaimedApp> {
  /** Undefined for a field that is absent or not understood. Bounded and cached. */
  readonly readApp: (field: string | undefined) => App | undefined;
  /** Too old, blocked, or unidentified where the policy asks for a name. */
  readonly checkApp: ((app: App | undefined) => Refusal | undefined) | undefined;
}

/** Step 30. Which app build calls. */
export function prepareIdentify<App extends ClaimedApp>({ readApp, checkApp }: IdentifyRules<App>): Check<JourneyExchange> {
  return (exchange) => {
    const app = readApp(exchange.known.app);
    if (app !== undefined) {
      exchange.appId = app.id;
      exchange.appVersion = app.version;
    }
    return checkApp?.(app);
  };
}
