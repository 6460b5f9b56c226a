import { object, optional, required } from "../../policy/object-shape.ts";
import { number, pointer } from "../../policy/scalars.ts";
import { choice, duration, either, flag, oneOrMore, text } from "../../policy/shape.ts";

const byBody = object({
  body: required(pointer, "Where the body holds the number, or numbers (*)."),
  over: required(number, "The number above which it is asked for."),
});

const byTime = object({
  outside: required(
    text(
      "hours of the day such as 07:00-22:00",
      /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
    ),
    "The hours in which it is not asked for.",
  ),
  zone: optional(
    text("a time zone such as Europe/Amsterdam", /^[A-Za-z0-9_+/-]{1,64}$/),
    "The time zone of these hours (UTC).",
  ),
});

const stepUp = object({
  bound: optional(flag, "Whether the token must name a key or a certificate."),
  device: optional(choice("trusted"), "Whether the device must have been confirmed."),
  acr: optional(
    oneOrMore(text("an authentication context class, such as mfa", /^[!#-[\]-~]{1,100}$/)),
    "How the caller must have signed in: one of these.",
  ),
  within: optional(duration, "How long ago the sign-in may be."),
  when: optional(either("body", byBody, byTime), "Asks only for large numbers, or at odd hours."),
});

export const keys = {
  operation: {
    stepUp: optional(stepUp, "How strongly, and how lately, the caller must have signed in."),
  },
};
