import { object, optional } from "../../policy/object-shape.ts";
import { fieldName } from "../../policy/scalars.ts";
import { choice, list, text } from "../../policy/shape.ts";

const headers = object({
  accept: optional(
    list(fieldName),
    "Fields that backends believe, and that pass on the word of a trusted proxy.",
  ),
  forward: optional(
    choice("all", "listed"),
    "Whether every field of a caller goes on, or those that the document declares and few others.",
  ),
});

export const keys = {
  root: {
    trustedProxies: optional(
      list(text("an address or a CIDR range such as 10.0.0.0/8", /^[0-9a-fA-F:.]+(\/\d{1,3})?$/)),
      "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; nobody else's are read.",
    ),
    headers: optional(headers, "Which header fields go on to the backend."),
  },
};
