import type { NoteFault } from "@portcullis/guard/policy";
import {
  choice,
  list,
  object,
  optional,
  required,
  secret,
  share,
  url,
  withheld,
} from "@portcullis/guard/policy-shapes";
import { isLoopback } from "./admin-keys.ts";

const exported = object({
  form: required(choice("otlp"), "How it is written: OTLP over HTTP, in protobuf and gzip."),
  to: required(
    withheld(url(["https:", "http:"], "an address such as https://collector.example.com:4318")),
    "The collector, without /v1/logs and the like.",
  ),
  signals: optional(
    list(choice("metrics", "logs", "traces"), 1),
    "What is sent: all of /metrics twice a minute, records as logs, records as spans (logs).",
  ),
  sample: optional(
    share,
    "Which share of records without any decision is sent (100%); the others always are.",
  ),
  token: optional(secret, "What is shown as Authorization: Bearer."),
});

export const exportKeys = list(exported);

/** What is sent says who calls, and a token opens the collector. */
export function noteOpenExports(
  exports: readonly { readonly to: string }[],
  note: NoteFault,
): void {
  for (const [index, { to }] of exports.entries()) {
    const { hostname, protocol } = new URL(to);
    if (protocol === "http:" && !isLoopback(hostname.replace(/^\[|\]$/g, "")))
      note(["export", String(index), "to"], "what is sent would be read on its way", {
        expected: "an address that begins with https://, or a collector on this machine",
      });
  }
}
