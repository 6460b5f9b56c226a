import { readRange, rangeForm, readVersion } from "../facts/app.ts";
import { type Rate, rateForm, readRate } from "../reading/rate.ts";
import { optional, object } from "./object-shape.ts";
import { scalar, type Shape, text, withheld } from "./shape.ts";

/** Values that more than one part of the policy speaks of. */

const isText = (value: unknown): value is string => typeof value === "string";

export const versionRange: Shape<string> = scalar(
  rangeForm,
  (value) => (isText(value) && readRange(value) !== undefined ? value : undefined),
  { type: "string" },
);

export const appVersion: Shape<string> = scalar(
  "a version such as 3.0.0",
  (value) => (isText(value) && readVersion(value) !== undefined ? value : undefined),
  { type: "string" },
);

export const number: Shape<number> = scalar(
  "a number",
  (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined),
  { type: "number" },
);

/** A day, read as milliseconds since 1970, UTC. */
export const day: Shape<number> = scalar(
  "a day such as 2026-12-01",
  (value) =>
    isText(value) && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
      ? Date.parse(value)
      : undefined,
  { type: "string", format: "date" },
);

/** Undefined when the value is no rate. */
export const asRate = (value: unknown): Rate | undefined =>
  isText(value) ? readRate(value) : undefined;

export const rate: Shape<Rate> = scalar(rateForm, asRate, {
  type: "string",
  pattern: "^\\d{1,7}/(s|sec|second|min|minute|h|hour|d|day)$",
});

/** An address on the web. It carries no user and no fragment: neither means anything to a gate. */
export const url = (protocols: readonly string[], expected: string): Shape<string> =>
  scalar(
    expected,
    (value) => {
      const parsed = isText(value) ? URL.parse(value) : null;
      return parsed !== null &&
        protocols.includes(parsed.protocol) &&
        parsed.username === "" &&
        parsed.hash === ""
        ? (value as string)
        : undefined;
    },
    { type: "string" },
  );

export const pointer: Shape<string> = text("a JSON pointer such as /customerId", /^\//);

export const claim: Shape<string> = text(
  "a claim of the caller's token, such as token.sub, or people.sub for those of one source",
  /^[a-z][a-z0-9-]*(\.[A-Za-z0-9_-]+)+$/,
);

/** What may stand in an answer, to be told by. */
export const plainValue: Shape<string | number | boolean> = scalar(
  "a text, a number, true or false",
  (value) => value,
  { type: ["string", "number", "boolean"] },
);

export const role: Shape<string> = text("a role");

export const fieldName: Shape<string> = text("a header field's name", /^[A-Za-z0-9-]{1,64}$/);

export const cookieName: Shape<string> = text("a cookie's name", /^[A-Za-z0-9_.-]{1,64}$/);

export const versionName: Shape<string> = text("a version such as v1", /^[A-Za-z0-9._-]{1,32}$/);

/** A part of many. */
export const share = scalar(
  "a share such as 100%, 10% or 0.5%",
  (value) => {
    const percent = typeof value === "string" ? /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(value) : null;
    const part = Number(percent?.[1] ?? Number.NaN) / 100;
    return part >= 0 && part <= 1 ? part : undefined;
  },
  { type: "string", pattern: "^\\d{1,3}(\\.\\d{1,3})?%$" },
);

/** A secret by reference. Never a literal: what stands in a policy stands in its history. */
export const secret = withheld(
  object({
    env: optional(
      text("a variable's name", /^[A-Z][A-Z0-9_]{0,100}$/),
      "The environment variable that holds the secret.",
    ),
    file: optional(text("a file's path"), "The file that holds the secret."),
  }),
);
export type SecretSetting = { readonly env?: string; readonly file?: string };
