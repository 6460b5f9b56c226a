import { object, optional, required } from "../../policy/object-shape.ts";
import { integer, list, named, text } from "../../policy/shape.ts";

const kind = object({
  properties: required(
    list(text("a schema's property, such as Document/id"), 1),
    "The properties in which answers show ids of this kind.",
  ),
  sources: optional(
    list(text("an operationId, or METHOD /path"), 1),
    "Operations whose answers show ids of this kind even where the request named them.",
  ),
});

const memory = object({
  callers: optional(
    integer(100, 10_000_000),
    "How many callers' ids are kept for certain, those seen latest (100000).",
  ),
  idsEach: optional(
    integer(4, 4096),
    "How many ids of each caller are kept for certain, those shown latest (50).",
  ),
  mostEach: optional(
    integer(4, 65_536),
    "How many ids of one caller are kept at most, where others leave room (2000).",
  ),
});

export const keys = {
  root: {
    provenance: optional(
      named(kind),
      "Kinds of objects whose ids are remembered as shown to a caller; rules may ask for it.",
    ),
    provenanceMemory: optional(memory, "For how many people what was shown is remembered."),
  },
};
