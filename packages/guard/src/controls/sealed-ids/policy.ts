import { object, optional, required } from "../../policy/object-shape.ts";
import { claim, secret, versionRange } from "../../policy/scalars.ts";
import { list, named, text } from "../../policy/shape.ts";

const property = text("a schema's property, such as Document/id");

const rawFor = object({
  app: required(versionRange, "The app versions that may still send raw ids."),
});

const kind = object({
  parameters: optional(
    list(text("a path or query parameter's name"), 1),
    "Parameters of path and query that hold an id of this kind.",
  ),
  properties: optional(list(property, 1), "Properties of bodies that hold an id of this kind."),
  links: optional(
    list(text("a schema's property that holds a link, such as Page/next"), 1),
    "Properties that hold links to the API: the ids in them are sealed.",
  ),
  to: optional(claim, "The claim that handles are bound to (token.sub)."),
  rawFor: optional(rawFor, "Who may send raw ids for a while."),
});

export const keys = {
  root: {
    sealedIds: optional(
      named(kind),
      "Kinds of objects whose ids leave as handles that open for their reader alone.",
    ),
    sealingKeys: optional(
      list(secret, 1),
      "Keys that seal ids: the first seals, all open; 32 bytes in base64, alike on every node.",
    ),
  },
};
