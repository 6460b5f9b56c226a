import { object, optional, required } from "../../policy/object-shape.ts";
import { list, named, text } from "../../policy/shape.ts";

const kind = object({
  properties: required(
    list(text("a schema's property, such as Document/id"), 1),
    "The properties in which answers show ids of this kind.",
  ),
});

export const keys = {
  root: {
    provenance: optional(
      named(kind),
      "Kinds of objects whose ids are remembered as shown to a caller; rules may ask for it.",
    ),
  },
};
