import { optional } from "../../policy/object-shape.ts";
import { choice, list, size } from "../../policy/shape.ts";

export const keys = {
  operation: {
    accept: optional(
      list(choice("unchecked")),
      "Requests pass though what the document says of them cannot be read (unchecked).",
    ),
    body: optional(
      choice("asSent"),
      "Requests go on byte for byte, as signed ones must; a second spelling is refused.",
    ),
    maxBodySize: optional(size, "How much of a request's body is read (1MiB)."),
    undeclaredBody: optional(
      choice("refuse", "drop"),
      "Whether a body that the document does not declare is refused (refuse), or not passed on.",
    ),
  },
};
