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

const times = integer(2, 1000);

const detector = <const F extends Fields>(fields: F) =>
  scalarOr(choice(...modes), object({ mode, ...fields }));

/** Detectors that are known by name, and are not there. */
const unavailable = {
  newDevice: "sign-ins are not scored by place and device",
  toolShape: "the shape of a program is a part of keys, not a detector",
  fleet: "accounts that act alike are not grouped",
  firstAccess: "first access is not remembered",
  stepSkipped: "the order of calls is not learned",
  sensitiveField: "properties of answers are not learned",
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
    codeGuessing: optional(
      detector({
        perAccount: optional(count, "So many wrong codes for one account in a day (20)."),
        errorRate: wrong,
      }),
      "One-time codes that are guessed.",
    ),
    resetAbuse: optional(
      detector({
        perAccount: optional(count, "So many resets of one account in the time (6)."),
        accounts: optional(count, "Or resets of so many accounts by one client (20)."),
        within: optional(duration, "In which time they are counted (1h)."),
      }),
      "Resets that somebody else asks for.",
    ),
    enumeration: optional(
      detector({
        objects: optional(count, "So many objects that are not the caller's (8)."),
        errorRate: wrong,
      }),
      "Ids of objects that are tried one after another.",
    ),
    scraping: optional(
      detector({
        objects: optional(count, "Fewer objects a day are nothing, whatever others read (500)."),
      }),
      "Somebody who reads far more objects in a day than others do.",
    ),
    cardTesting: optional(
      detector({
        cards: optional(count, "So many different cards at least (4)."),
        errorRate: wrong,
      }),
      "Stolen cards that are tried for which of them work.",
    ),
    hoarding: optional(
      detector({
        open: optional(count, "So many reservations of one caller that are not bought (8)."),
        within: optional(duration, "How long a reservation may wait for its purchase (20m)."),
      }),
      "Stock that is reserved and never bought.",
    ),
    proofReuse: optional(
      detector({
        uses: optional(count, "So many used proofs that come again (2)."),
        within: optional(duration, "In which time they are counted (10m)."),
      }),
      "Proofs of possession that somebody sends again.",
    ),
    errorSpike: optional(
      detector({ height: rises }),
      "Answers of 500 and above that are more than usual, and by which release.",
    ),
    shadowOperation: optional(
      detector({
        hits: optional(count, "So many answers of the backend to what no document names (20)."),
        within: optional(duration, "Over how long a time at least (10m)."),
      }),
      "Operations that the backend answers and no document names.",
    ),
    trafficSpike: optional(
      detector({ times: optional(times, "So many times as many requests as usual (2).") }),
      "Far more requests than are usual at this hour of the week.",
    ),
    zombieVersion: optional(
      detector({
        times: optional(times, "So many times as many in an hour as the day before (10)."),
      }),
      "Versions of the API that hardly anybody uses, and who finds them again.",
    ),
  },
  unavailable,
);
