import { bindings } from "../facts/binding.ts";
import { failureSetting } from "./failure-setting.ts";
import { matchSetting } from "./match-setting.ts";
import { type ModeKey, modeSetting } from "./mode-setting.ts";
import { object, optional, required, type Unavailable } from "./object-shape.ts";
import { url, versionName } from "./scalars.ts";
import {
  choice,
  duration,
  flag,
  integer,
  list,
  named,
  oneOrMore,
  scalar,
  size,
  text,
} from "./shape.ts";
import { recordSetting } from "./record-setting.ts";
import { onLoss, stateSetting } from "./state-setting.ts";
import { upstreamSetting } from "./upstream-setting.ts";

const issuer = scalar(
  "builtin, or the issuer's address, such as https://login.example.com",
  (value) =>
    value === "builtin" ||
    (typeof value === "string" && /^https?:\/\/[^#?@]+$/.test(value) && URL.parse(value) !== null)
      ? value
      : undefined,
  { type: "string" },
);

const onStateLoss = object({
  limit: optional(
    onLoss,
    "Limits while Redis is lost: counted by each process (local), or refused.",
  ),
  binding: optional(
    onLoss,
    "Proofs while Redis is lost: refused (deny), or remembered by each process alone.",
  ),
  flow: optional(
    onLoss,
    "Steps while Redis is lost: those that this process has seen count (local), or none do.",
  ),
  authentication: optional(
    onLoss,
    "Tokens once the word of revocations is older than staleness: refused (deny), or believed.",
  ),
  staleness: optional(
    duration,
    "How old the last good word of revocations may be; how long access tokens live without it.",
  ),
});

/** Keys of the policy that belong to no single control. */
export function coreKeys(modeKeys: readonly ModeKey[]) {
  const mode = modeSetting(modeKeys);
  return {
    root: {
      portcullis: required(integer(1, 1), "The version of this file's form."),
      mode: optional(
        mode,
        "The mode of every control: off, observe or enforce, staged, or by key.",
      ),
      publicUrl: optional(
        url(["https:", "http:"], "the API's public address, such as https://api.example.com"),
        "The address by which apps know the API. Links, proofs and the issuer use it, never a Host.",
      ),
      state: optional(
        stateSetting,
        "Where what many requests share is counted; Redis for several nodes.",
      ),
      onStateLoss: optional(
        onStateLoss,
        "What is refused, and what goes on, while Redis or the store is lost.",
      ),
      roles: optional(
        named(list(text("a permission"))),
        "Roles that tokens may carry, each with the scopes that it gives.",
      ),
      record: optional(recordSetting, "What the record of each request holds."),
    },
    api: {
      openapi: required(text("the path of an OpenAPI document"), "The document of this API."),
      overlays: optional(
        list(text("the path of an overlay")),
        "Overlays (OpenAPI Overlay 1.0) that are laid over the document, in this order.",
      ),
      upstream: required(upstreamSetting, "Where the API's backends are."),
      version: optional(versionName, "The name of this version; the document's own without it."),
    },
    operation: {
      match: required(oneOrMore(matchSetting), "Which operations this entry speaks of."),
      mode: optional(mode, "The mode of controls at these operations."),
      maxAnswerSize: optional(size, "How much of an answer is held to be read by controls (8MiB)."),
      entityTags: optional(
        flag,
        "Whether GETs carry a strong validator and are answered 304 to who has it.",
      ),
      failure: optional(
        failureSetting,
        "Which answers are failures, for limits that count only those and for detectors.",
      ),
    },
    app: {
      id: required(
        text("an app's name such as harbour-ios", /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
        "The app's name, as it stands in the Portcullis-App field and as client_id.",
      ),
    },
    identity: {
      issuer: optional(
        issuer,
        "Who signs access tokens: builtin, or another issuer's address. Needed without sources.",
      ),
      audience: optional(
        oneOrMore(text("this API's own name, such as https://api.example.com")),
        "The names of this API, of which a token's aud must hold one. Needed with issuer.",
      ),
    },
    accessToken: {
      binding: optional(
        choice(...bindings),
        "How tokens are bound to the device that asked for them.",
      ),
      ttl: optional(duration, "How long access tokens live (10m)."),
    },
  };
}
export type CoreKeys = ReturnType<typeof coreKeys>;

/** Keys that the design names and this version does not have: refused by name. */
export const unavailableKeys: Readonly<Partial<Record<"root" | "operation" | "app", Unavailable>>> =
  {
    root: {
      appHeader: "only Portcullis-App is read",
    },
    operation: {
      attestation: "apps are not attested",
      priority: "requests do not queue",
      when: "conditions are not read",
    },
    app: { attestation: "apps are not attested" },
  };
