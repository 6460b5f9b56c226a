import { object, optional, required } from "../../policy/object-shape.ts";
import { fieldName } from "../../policy/scalars.ts";
import { duration, flag, list, scalar } from "../../policy/shape.ts";

const origin = scalar(
  "an origin such as https://app.example.com, without a path or slash behind it, or '*'",
  (value) =>
    value === "*" ||
    (typeof value === "string" && URL.parse(value)?.origin === value && value !== "null")
      ? value
      : undefined,
  { type: "string" },
);

const cors = object({
  origins: required(list(origin, 1), "The origins whose pages may call the API."),
  credentials: optional(flag, "Whether browsers may send cookies along."),
  maxAge: optional(duration, "How long browsers may remember the answer to a preflight (1h)."),
  allowHeaders: optional(
    list(fieldName),
    "Fields that pages may send, beside those of the documents and of the gate's clients.",
  ),
  exposeHeaders: optional(
    list(fieldName),
    "Fields that pages may read, beside those that the gate itself says.",
  ),
});

export const keys = {
  root: {
    cors: optional(cors, "Which pages of other origins may call the API and read its answers."),
  },
};
