import { AccountGuessing, facts as accountGuessing } from "./account-guessing.ts";
import { CredentialStuffing, facts as credentialStuffing } from "./credential-stuffing.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { TellEvidence } from "./evidence.ts";
import { facts as passwordSpraying, PasswordSpraying } from "./password-spraying.ts";

export type DetectMode = "off" | "observe" | "enforce";

/** What the policy says of one detector: its mode, or its settings. */
export type DetectSetting = DetectMode | ({ readonly mode?: DetectMode } & Settings);

/** Settings of all detectors, as far as they have them. */
interface Settings {
  readonly failures?: number;
  readonly clients?: number;
  readonly within?: number;
  readonly errorRate?: number;
  readonly height?: number;
}

interface Listed {
  readonly facts: DetectorFacts;
  readonly make: (settings: Settings, tell: TellEvidence) => Detector;
}

const minute = 60_000;
const usualErrorRate = 1e-5;

/** Every detector, with what holds where the policy says nothing. */
export const catalogue: readonly Listed[] = [
  {
    facts: credentialStuffing,
    make: ({ errorRate = usualErrorRate, failures = 100, within = 5 * minute }, tell) =>
      new CredentialStuffing({ errorRate, failures, withinMs: within }, tell),
  },
  {
    facts: passwordSpraying,
    make: ({ height = 10 }, tell) => new PasswordSpraying({ height }, tell),
  },
  {
    facts: accountGuessing,
    make: ({ clients = 5, failures = 30, within = 60 * minute }, tell) =>
      new AccountGuessing({ clients, failures, withinMs: within }, tell),
  },
];

export const modeOf = (setting: DetectSetting | undefined): DetectMode =>
  typeof setting === "string" ? setting : (setting?.mode ?? "observe");
