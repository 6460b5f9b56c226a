import { object, optional, required } from "../../policy/object-shape.ts";
import { integer, list, named, oneOrMore, scalar, type Shape } from "../../policy/shape.ts";
import { asRate, rate } from "../../policy/scalars.ts";
import { type Rate, rateForm } from "../../reading/rate.ts";
import { isLimitPart, type LimitPart, limitParts } from "./limit-key.ts";

const rateOr = <const W extends string>(...words: readonly W[]): Shape<Rate | W> =>
  scalar(
    [rateForm, ...words].join(", or "),
    (value) => words.find((word) => word === value) ?? asRate(value),
    { type: "string" },
  );

const part: Shape<LimitPart> = scalar(
  `${limitParts.join(", ")} or body.<property>`,
  (value) => (typeof value === "string" && isLimitPart(value) ? value : undefined),
  { type: "string" },
);

const limit = object({
  rate: required(rateOr("tier", "none"), "How many in how long; tier is by the caller's tier."),
  per: required(
    oneOrMore(part),
    "Whom it counts; several together count each combination by itself.",
  ),
  burst: optional(integer(1, 1_000_000), "How many at once; the rate's count without it."),
});

const limits = object({
  tiers: optional(
    named(rate),
    "Rates by tier; the first is for callers whose token names none of them.",
  ),
  admission: optional(
    rateOr("off"),
    "A coarse bound for each network before anything else is asked (500/s).",
  ),
  keys: optional(
    integer(1000, 16_777_216),
    "How many keys are counted at the same time, in fixed memory (262144).",
  ),
});

export const keys = {
  root: { limits: optional(limits, "What holds for all limits.") },
  operation: {
    limits: optional(
      list(limit),
      "How fast callers may ask; limits with the same `per` replace each other, others add up.",
    ),
  },
};
