import {
  choice,
  duration,
  integer,
  object,
  optional,
  type Fields,
  scalar,
  scalarOr,
  type Shape,
} from "@portcullis/guard/policy-shapes";

const modes = ["off", "observe", "enforce"] as const;

const mode = optional(
  choice(...modes),
  "off; observe: incidents are told of and responses only noted; enforce: responses are done (observe).",
);

const errorRate: Shape<number> = scalar(
  "a share such as 0.00001, from 0.000000001 to 0.01",
  (value) => (typeof value === "number" && value >= 1e-9 && value <= 0.01 ? value : undefined),
  { type: "number", minimum: 1e-9, maximum: 0.01 },
);
const wrong = optional(
  errorRate,
  "How often its test may be wrong about somebody honest (0.00001).",
);

const count = integer(1, 1_000_000);
const height = integer(5, 1000);
const rises = optional(
  height,
  "How far the share must rise, as a sum of standard deviations (10).",
);

const detector = <const F extends Fields>(fields: F) =>
  scalarOr(choice(...modes), object({ mode, ...fields }));

/** Detectors that are known by name, and are not there. */
const unavailable = {
  codeGuessing: "it is not looked for",
  resetAbuse: "it is not looked for",
  enumeration: "it is not looked for",
  scraping: "it is not looked for",
  cardTesting: "it is not looked for",
  hoarding: "it is not looked for",
  proofReuse: "it is not looked for",
  errorSpike: "it is not looked for",
  trafficSpike: "it is not looked for",
  shadowOperation: "it is not looked for",
  newDevice: "sign-ins are not scored by place and device",
  toolShape: "the shape of a program is a part of keys, not a detector",
  fleet: "accounts that act alike are not grouped",
  firstAccess: "first access is not remembered",
  stepSkipped: "the order of calls is not learned",
  sensitiveField: "properties of answers are not learned",
  zombieVersion: "old versions are counted by their sunset alone",
};

/** What is looked for. Every detector has its own settings, and watches without any. */
export const detectKeys = object(
  {
    credentialStuffing: optional(
      detector({
        failures: optional(count, "So many failed sign-ins of everybody are told of (100)."),
        within: optional(duration, "In which time they are counted (5m)."),
        errorRate: wrong,
      }),
      "Stolen pairs of names and passwords that are tried one after another.",
    ),
    passwordSpraying: optional(
      detector({ height: rises }),
      "Sign-ins that fail more often than usual, from so many addresses that none stands out.",
    ),
    accountGuessing: optional(
      detector({
        failures: optional(count, "So many failures at one account (30)."),
        clients: optional(count, "Or failures from so many clients (5)."),
        within: optional(duration, "In which time they are counted (1h)."),
      }),
      "The password of one account that is guessed.",
    ),
  },
  unavailable,
);
