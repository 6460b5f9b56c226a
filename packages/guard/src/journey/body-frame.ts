import type { Envelope } from "../facts/envelope.ts";
import type { EnvelopeMember } from "../policy/backend-reading.ts";
import { readFormFields } from "../reading/form-fields.ts";
import { isOverrideName } from "../reading/method-override.ts";
import { serializeExactly } from "../reading/serialize-exactly.ts";
import { readStrictJson } from "../reading/strict-json.ts";

/** What was taken out of a body, so that the rest can be judged as the operation's own. */
export interface BodyFrame {
  /** The method that it named. */
  readonly method: string | undefined;
  readonly envelope: Envelope | undefined;
  readonly rest: Buffer;
  /** Puts what was taken before what has been judged, for the backend. */
  readonly putBack: (judged: Buffer | undefined) => Buffer;
}

/** What may be taken out of a body: a method by its name, and members beside the data. */
export interface FrameNames {
  readonly method: string | undefined;
  readonly envelope: readonly EnvelopeMember[];
}

/** Longer texts are data. */
const mostCharacters = 4096;

/** Undefined where there is nothing to take; a text says why that is not certain. */
export const takeFrame = (
  bytes: Buffer,
  isJson: boolean,
  names: FrameNames,
): BodyFrame | string | undefined => {
  if (bytes.length === 0) return undefined;
  if (isJson) return takeFromJson(bytes, names);
  return names.method === undefined ? undefined : takeFromForm(bytes, names.method);
};

function takeFromForm(bytes: Buffer, name: string): BodyFrame | string | undefined {
  const fields = readFormFields(bytes);
  if (fields === undefined) return "the form cannot be read in one way";
  const at = fields.findIndex((field) => field.name === name);
  if (fields.some((field, index) => index !== at && isNamed(field.name, name)))
    return `the form names ${name} more than once`;
  if (at === -1) return undefined;
  const pairs = bytes
    .toString("latin1")
    .split("&")
    .filter((pair) => pair !== "");
  const [taken = ""] = pairs.splice(at, 1);
  return {
    method: fields[at]?.value ?? "",
    envelope: undefined,
    rest: Buffer.from(pairs.join("&"), "latin1"),
    putBack: (judged) =>
      judged === undefined || judged.length === 0
        ? Buffer.from(taken, "latin1")
        : Buffer.concat([Buffer.from(`${taken}&`, "latin1"), judged]),
  };
}

function takeFromJson(
  bytes: Buffer,
  { envelope: members, method: name }: FrameNames,
): BodyFrame | string | undefined {
  const read = readStrictJson(bytes);
  if ("unread" in read) return `the body cannot be read in one way: ${read.detail}`;
  const { value } = read;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (name !== undefined && Object.keys(value).some((key) => key !== name && isNamed(key, name)))
    return `the body names ${name} more than once`;
  const method = name === undefined ? undefined : memberOf(value, name);
  if (method !== undefined && typeof method !== "string") return `${name} is no text`;
  const envelope = envelopeOf(value, members);
  const taken = { ...(method === undefined ? {} : { [name as string]: method }), ...envelope };
  if (Object.keys(taken).length === 0) return undefined;
  const without = (whole: unknown): unknown =>
    Object.fromEntries(
      Object.entries(whole as object).filter(([key]) => !Object.hasOwn(taken, key)),
    );
  const beginning = JSON.stringify(taken).slice(0, -1);
  return {
    method,
    envelope,
    rest: serializeExactly(bytes, without(value), without),
    putBack: (judged) =>
      judged === undefined || judged.length <= 2
        ? Buffer.from(`${beginning}}`)
        : Buffer.concat([Buffer.from(`${beginning},`), judged.subarray(1)]),
  };
}

const memberOf = (value: object, name: string): unknown =>
  Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;

/** A member that holds something else than it may is data, and judged as that. */
function envelopeOf(value: object, members: readonly EnvelopeMember[]): Envelope | undefined {
  const taken: Record<string, string | number | boolean> = {};
  for (const { name, only } of members) {
    const found = memberOf(value, name);
    if (only === undefined ? isShort(found) : found === only) taken[name] = found as string;
  }
  return Object.keys(taken).length === 0 ? undefined : taken;
}

const isShort = (value: unknown): boolean =>
  typeof value === "string"
    ? value.length <= mostCharacters
    : typeof value === "boolean" || Number.isSafeInteger(value);

const isNamed = (sent: string, name: string): boolean =>
  sent === name || isOverrideName(sent) || sent.toLowerCase() === name.toLowerCase();
