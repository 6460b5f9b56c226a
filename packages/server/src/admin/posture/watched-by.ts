/** The rule for Prometheus that tells when more is refused than a week before, by any control. */
export const refusalsRule = "PortcullisRefusalsRise";

/** What tells when something is wrong at a control, beside the rule for all of them. */
interface WatchedBy {
  /** Of `detect`. */
  readonly detectors: readonly string[];
  /** Of the shipped rules for Prometheus. */
  readonly rules: readonly string[];
}

const nothingElse: WatchedBy = { detectors: [], rules: [] };

/** By mode key. One that is not here has the rule for all of them alone. */
const table: Readonly<Record<string, WatchedBy>> = {
  route: { detectors: ["shadowOperation"], rules: [] },
  authentication: {
    detectors: ["credentialStuffing", "passwordSpraying", "accountGuessing", "codeGuessing"],
    rules: ["PortcullisPartLost"],
  },
  binding: { detectors: ["proofReuse"], rules: [] },
  limit: { detectors: ["resetAbuse", "scraping"], rules: ["PortcullisPartLost"] },
  ownership: { detectors: ["enumeration"], rules: [] },
  version: { detectors: ["zombieVersion"], rules: [] },
  pressure: { detectors: ["cardTesting", "hoarding"], rules: [] },
  capacity: { detectors: ["trafficSpike"], rules: ["PortcullisBackendUnreachable"] },
  response: { detectors: ["errorSpike"], rules: [] },
  upstream: {
    detectors: ["errorSpike"],
    rules: ["PortcullisErrors", "PortcullisBackendUnreachable"],
  },
};

export const watchedBy = (key: string): WatchedBy => {
  const { detectors, rules } = table[key] ?? nothingElse;
  return { detectors, rules: [refusalsRule, ...rules] };
};

/** Every key that the table names, so that a test can hold it to those that there are. */
export const watchedKeys: readonly string[] = Object.keys(table);
