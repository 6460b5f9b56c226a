import { onLoss } from "../../policy/state-setting.ts";
import { object, optional, required } from "../../policy/object-shape.ts";
import {
  choice,
  flag,
  integer,
  list,
  named,
  oneOrMore,
  scalar,
  scalarOr,
  type Shape,
} from "../../policy/shape.ts";
import { asRate, rate, versionRange } from "../../policy/scalars.ts";
import { isTimeZone } from "../../reading/calendar.ts";
import {
  type Amount,
  bytesForm,
  type Quota,
  quotaForm,
  rateForm,
  readBytes,
  readQuota,
  readSum,
  sumForm,
} from "../../reading/rate.ts";
import {
  isLimitPart,
  isSummedPart,
  type LimitPart,
  limitParts,
  type SummedPart,
} from "./limit-key.ts";

/** Which answers a limit counts. */
export const counts = ["all", "failures", "successes"] as const;

const orWords = <T, const W extends string>(
  form: string,
  read: (value: unknown) => T | undefined,
  ...words: readonly W[]
): Shape<T | W> =>
  scalar(
    [form, ...words].join(", or "),
    (value) => words.find((word) => word === value) ?? read(value),
    { type: "string" },
  );

const asQuota = (value: unknown): Quota | undefined =>
  typeof value === "string" ? readQuota(value) : undefined;

const quota: Shape<Quota> = scalar(quotaForm, asQuota, {
  type: "string",
  pattern: "^\\d{1,12}/(day|month|ever)$",
});

const inFlight: Shape<number | "none"> = scalar(
  "a whole number from 1 to 100000, or none",
  (value) =>
    value === "none" ||
    (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 100_000)
      ? value
      : undefined,
  { type: ["integer", "string"] },
);

const asBytes = (value: unknown): Amount | undefined =>
  typeof value === "string" ? readBytes(value) : undefined;
const asSum = (value: unknown): Amount | undefined =>
  typeof value === "string" ? readSum(value) : undefined;

const summed: Shape<SummedPart> = scalar(
  "body.<property>, such as body.amount",
  (value) => (typeof value === "string" && isSummedPart(value) ? value : undefined),
  { type: "string" },
);

const zone: Shape<string> = scalar(
  "a time zone such as Europe/Berlin",
  (value) => (typeof value === "string" && isTimeZone(value) ? value : undefined),
  { type: "string" },
);

const part: Shape<LimitPart> = scalar(
  `${limitParts.join(", ")} or body.<property>`,
  (value) => (typeof value === "string" && isLimitPart(value) ? value : undefined),
  { type: "string" },
);

const limit = object({
  rate: optional(
    orWords(rateForm, asRate, "tier", "none"),
    "How many in how long; tier is by the caller's tier.",
  ),
  quota: optional(
    orWords(quotaForm, asQuota, "tier", "none"),
    "How many in each day or month of the calendar, or ever; kept in the store.",
  ),
  concurrent: optional(inFlight, "How many may be in flight at the same time."),
  bytes: optional(
    orWords(bytesForm, asBytes, "none"),
    "How many bytes of request bodies and answers together; days and months are of the calendar, " +
      "and kept in the store.",
  ),
  sum: optional(
    summed,
    "A number in the body, of which `most` says how much may be sent together.",
  ),
  most: optional(
    orWords(sumForm, asSum, "none"),
    "How much `sum` may come to; days, months and lifetimes are kept in the store.",
  ),
  per: required(
    oneOrMore(part),
    "Whom it counts; several together count each combination by itself.",
  ),
  burst: optional(integer(1, 1_000_000), "How many at once; the rate's count without it."),
  cost: optional(integer(1, 1_000_000), "How many of it one request takes (1)."),
  count: optional(
    choice(...counts),
    "Which answers it counts: all, or only failures or successes; the place of a request is taken " +
      "before it is forwarded, and given back if its answer does not count.",
  ),
  app: optional(
    versionRange,
    "For which versions of the app it holds; limits that differ in nothing else share one count.",
  ),
  zone: optional(zone, "The time zone whose days and months are meant (UTC)."),
  onStateLoss: optional(
    onLoss,
    "While Redis is lost: counted by each process (local), or refused; as onStateLoss.limit says.",
  ),
});

const tier = object({
  rate: optional(rate, "How many in how long."),
  quota: optional(quota, "How many in each day or month of the calendar."),
});

/** Read as a part of 1. */
const share: Shape<number> = scalar(
  "a percentage such as 5%, at most 50%, or 0",
  (value) => {
    if (value === 0) return 0;
    const [, percent] = typeof value === "string" ? (/^(\d{1,2})%$/.exec(value) ?? []) : [];
    return percent === undefined || Number(percent) > 50 ? undefined : Number(percent) / 100;
  },
  { type: ["string", "integer"] },
);

const limits = object({
  tiers: optional(
    named(scalarOr(rate, tier)),
    "Rates and quotas by tier; the first is for callers whose token names none of them.",
  ),
  admission: optional(
    orWords(rateForm, asRate, "off"),
    "A coarse bound for each network before anything else is asked (500/s).",
  ),
  keys: optional(
    integer(1000, 16_777_216),
    "How many keys are counted at the same time, in fixed memory (524288). Read when the gate starts.",
  ),
  overshoot: optional(
    share,
    "The part of a limit that nodes with Redis may take ahead, so that they ask less often (5%).",
  ),
  headers: optional(
    choice("always", "refusals"),
    "Whether every answer says what is left, or only a refusal (always).",
  ),
  legacyHeaders: optional(
    flag,
    "Whether answers carry X-RateLimit-Limit, -Remaining and -Reset too (false).",
  ),
});

export const keys = {
  root: { limits: optional(limits, "What holds for all limits.") },
  operation: {
    limits: optional(
      list(limit),
      "How much callers may ask; limits of the same kind (and `sum`), `per`, `count` and `app` replace each " +
        "other, others add up.",
    ),
  },
};
