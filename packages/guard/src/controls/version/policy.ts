import { object, optional } from "../../policy/object-shape.ts";
import { day, fieldName, versionName } from "../../policy/scalars.ts";
import { choice, text } from "../../policy/shape.ts";

const versioning = object({
  from: optional(choice("path", "accept"), "Whether the path or the Accept field names it."),
  header: optional(fieldName, "The header field that names the version."),
  query: optional(
    text("a query parameter's name", /^[A-Za-z0-9_.-]{1,64}$/),
    "The query parameter that names the version.",
  ),
  default: optional(versionName, "The version of requests that name none."),
});

export const keys = {
  root: {
    versioning: optional(versioning, "Where a request names the API version; in its path without."),
  },
  api: {
    deprecated: optional(day, "The day from which answers say that the version is deprecated."),
    sunset: optional(day, "The day on which the version ends, six months on at the earliest."),
    sunsetReason: optional(
      text("why the version ends sooner than six months after it is deprecated"),
      "Why the version ends sooner than six months after its deprecation.",
    ),
    successor: optional(versionName, "The version to move to."),
  },
};
