import { type DialectName, dialectNames } from "../document/dialects.ts";
import type { NoteFault, PolicyPath } from "./join-context.ts";
import { optional, type ReadFields } from "./object-shape.ts";
import { choice, named, oneOrMore, text } from "./shape.ts";

const methodFrom = text(
  "query._method, body._method or header.X-HTTP-Method-Override",
  /^(?:query|body|header)\.[A-Za-z0-9_-]{1,64}$/,
);
/** Forms and parts have a reading of their own. */
const jsonType = text(
  "a media type such as text/plain",
  /^(?!multipart\/|application\/(?:json|x-www-form-urlencoded)$)[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/,
);
const anyText = "*";

/** How backends read what can be sent in more than one way. */
export const readingKeys = {
  dialect: optional(
    choice(...dialectNames),
    "How the backends read what can be written in two ways; without a word, as any of them.",
  ),
  methodFrom: optional(
    methodFrom,
    "Where a POST names the method that it stands for, and is judged as.",
  ),
  readsAsJson: optional(
    oneOrMore(jsonType),
    "Media types of bodies that the backends read as JSON, as SDKs send it without asking first; " +
      "they are judged as JSON, and go on as JSON.",
  ),
  envelope: optional(
    named(text("the one text that may stand there, or * for any")),
    "Members that SDKs put beside the data of a JSON body, such as a session: each with the one " +
      "text that may stand there, or *. The rest is judged as the body; backends get both.",
  ),
};
export type ReadingSetting = ReadFields<typeof readingKeys>;

/** How the backends of an API read a request. */
export interface BackendReading {
  /** Undefined where nobody has said: any of them. */
  readonly dialect: DialectName | undefined;
  readonly methodFrom: MethodFrom | undefined;
  /** Media types beside JSON's own whose bodies are JSON. */
  readonly jsonTypes: readonly string[];
  /** Members beside the data. */
  readonly envelope: readonly EnvelopeMember[];
}

export interface EnvelopeMember {
  readonly name: string;
  /** The one text that may stand there; undefined where any may. */
  readonly only: string | undefined;
}

/** Where a POST names the method that it stands for. */
export interface MethodFrom {
  readonly in: "query" | "body" | "header";
  readonly name: string;
}

/** Backends that read every request as the document says. */
export const plainReading: BackendReading = Object.freeze({
  dialect: undefined,
  methodFrom: undefined,
  jsonTypes: [],
  envelope: [],
});

export function planReading(setting: ReadingSetting | string): BackendReading {
  if (typeof setting === "string") return plainReading;
  const { dialect, envelope = {}, methodFrom: said, readsAsJson = [] } = setting;
  const dot = said?.indexOf(".") ?? -1;
  return {
    dialect,
    methodFrom:
      said === undefined
        ? undefined
        : { in: said.slice(0, dot) as MethodFrom["in"], name: said.slice(dot + 1) },
    jsonTypes: readsAsJson,
    envelope: Object.entries(envelope).map(([name, one]) => ({
      name,
      only: one === anyText ? undefined : one,
    })),
  };
}

/** Notes what cannot be meant of how backends read. */
export function noteReading(
  setting: ReadingSetting | string,
  path: PolicyPath,
  note: NoteFault,
): void {
  const { envelope, methodFrom: from } = planReading(setting);
  if (from?.in === "body" && envelope.some(({ name }) => name === from.name))
    note([...path, "envelope", from.name], `${from.name} names the method already`, {
      expected: "a member that methodFrom does not name",
    });
}
