import { AccountGuessing, facts as accountGuessing } from "./account-guessing.ts";
import { CredentialStuffing, facts as credentialStuffing } from "./credential-stuffing.ts";
import { CardTesting, facts as cardTesting } from "./card-testing.ts";
import { CodeGuessing, facts as codeGuessing } from "./code-guessing.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import { Enumeration, facts as enumeration } from "./enumeration.ts";
import { ErrorSpike, facts as errorSpike } from "./error-spike.ts";
import type { TellEvidence } from "./evidence.ts";
import { facts as hoarding, Hoarding } from "./hoarding.ts";
import { facts as passwordSpraying, PasswordSpraying } from "./password-spraying.ts";
import { facts as proofReuse, ProofReuse } from "./proof-reuse.ts";
import { facts as resetAbuse, ResetAbuse } from "./reset-abuse.ts";
import { facts as scraping, Scraping } from "./scraping.ts";
import { facts as shadowOperation, ShadowOperation } from "./shadow-operation.ts";
import { facts as trafficSpike, TrafficSpike } from "./traffic-spike.ts";
import { facts as zombieVersion, ZombieVersion } from "./zombie-version.ts";

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
  readonly perAccount?: number;
  readonly accounts?: number;
  readonly objects?: number;
  readonly cards?: number;
  readonly open?: number;
  readonly uses?: number;
  readonly hits?: number;
  readonly times?: number;
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
  {
    facts: codeGuessing,
    make: ({ errorRate = usualErrorRate, perAccount = 20 }, tell) =>
      new CodeGuessing({ errorRate, perAccount }, tell),
  },
  {
    facts: resetAbuse,
    make: ({ accounts = 20, perAccount = 6, within = 60 * minute }, tell) =>
      new ResetAbuse({ accounts, perAccount, withinMs: within }, tell),
  },
  {
    facts: proofReuse,
    make: ({ uses = 2, within = 10 * minute }, tell) =>
      new ProofReuse({ uses, withinMs: within }, tell),
  },
  {
    facts: enumeration,
    make: ({ errorRate = usualErrorRate, objects = 8 }, tell) =>
      new Enumeration({ errorRate, objects }, tell),
  },
  { facts: scraping, make: ({ objects = 500 }, tell) => new Scraping({ objects }, tell) },
  {
    facts: cardTesting,
    make: ({ cards = 4, errorRate = usualErrorRate }, tell) =>
      new CardTesting({ cards, errorRate }, tell),
  },
  {
    facts: hoarding,
    make: ({ open = 8, within = 20 * minute }, tell) =>
      new Hoarding({ open, withinMs: within }, tell),
  },
  { facts: errorSpike, make: ({ height = 10 }, tell) => new ErrorSpike({ height }, tell) },
  {
    facts: shadowOperation,
    make: ({ hits = 20, within = 10 * minute }, tell) =>
      new ShadowOperation({ hits, withinMs: within }, tell),
  },
  { facts: trafficSpike, make: ({ times = 2 }, tell) => new TrafficSpike({ times }, tell) },
  {
    facts: zombieVersion,
    make: ({ times = 10 }, tell) => new ZombieVersion({ share: 0.01, times }, tell),
  },
];

export const modeOf = (setting: DetectSetting | undefined): DetectMode =>
  typeof setting === "string" ? setting : (setting?.mode ?? "observe");
