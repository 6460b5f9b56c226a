import type { NoteFault } from "@portcullis/guard/policy";
import {
  choice,
  flag,
  list,
  object,
  optional,
  required,
  secret,
  url,
  withheld,
} from "@portcullis/guard/policy-shapes";

const severities = ["info", "low", "medium", "high", "critical"] as const;

const alert = object({
  to: required(
    withheld(url(["https:", "http:"], "an address such as https://hooks.example.com/portcullis")),
    "Where notices are sent.",
  ),
  minSeverity: optional(
    choice(...severities),
    "The least severity that is told of (high); low and below are not held to the daily budget.",
  ),
  form: optional(choice("json", "slack", "pagerduty"), "How notices are written (json)."),
  secret: optional(
    secret,
    "What signs each notice: Portcullis-Signature is an HMAC-SHA-256 over the time and the body. With pagerduty, the routing key.",
  ),
  allowPrivate: optional(
    flag,
    "Whether the address may be of this machine or its network (false).",
  ),
});

export const alertKeys = list(alert);

interface Alert {
  readonly to: string;
  readonly form?: string;
  readonly secret?: unknown;
  readonly allowPrivate?: boolean;
}

/** Incidents say who is attacked: they must not be read on their way. */
export function noteOpenAlerts(alerts: readonly Alert[], note: NoteFault): void {
  for (const [index, { allowPrivate = false, form, secret: key, to }] of alerts.entries()) {
    if (form === "pagerduty" && key === undefined)
      note(["alerts", String(index), "form"], "PagerDuty would not know whose incident it is", {
        expected: "secret: { env: PAGERDUTY_ROUTING_KEY }, the integration's routing key",
      });
    if (to.startsWith("http:") && !allowPrivate)
      note(["alerts", String(index), "to"], "notices would be read on their way", {
        expected: "an address that begins with https://, or allowPrivate: true for one of your own",
      });
  }
}
