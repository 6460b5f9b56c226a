import { isOverrideName } from "../reading/method-override.ts";
import { readFormFields } from "../reading/form-fields.ts";
import { serializeExactly } from "../reading/serialize-exactly.ts";
import { readStrictJson } from "../reading/strict-json.ts";

/** A method that was taken out of a body, so that the rest can be judged as the operation's own. */
export interface TakenMethod {
  readonly said: string;
  readonly rest: Buffer;
  /** Puts the method before what has been judged, for the backend. */
  readonly putBack: (judged: Buffer | undefined) => Buffer;
}

/** Undefined where the body names none; a text says why that is not certain. */
export const takeFromBody = (
  bytes: Buffer,
  isJson: boolean,
  name: string,
): TakenMethod | string | undefined =>
  bytes.length === 0 ? undefined : isJson ? takeFromJson(bytes, name) : takeFromForm(bytes, name);

function takeFromForm(bytes: Buffer, name: string): TakenMethod | string | undefined {
  const fields = readFormFields(bytes);
  if (fields === undefined) return "the form cannot be read in one way";
  const at = fields.findIndex((field) => field.name === name);
  if (fields.some((field, index) => index !== at && names(field.name, name)))
    return `the form names ${name} more than once`;
  if (at === -1) return undefined;
  const pairs = bytes
    .toString("latin1")
    .split("&")
    .filter((pair) => pair !== "");
  const [taken = ""] = pairs.splice(at, 1);
  return {
    said: fields[at]?.value ?? "",
    rest: Buffer.from(pairs.join("&"), "latin1"),
    putBack: (judged) =>
      judged === undefined || judged.length === 0
        ? Buffer.from(taken, "latin1")
        : Buffer.concat([Buffer.from(`${taken}&`, "latin1"), judged]),
  };
}

function takeFromJson(bytes: Buffer, name: string): TakenMethod | string | undefined {
  const read = readStrictJson(bytes);
  if ("unread" in read) return `the body cannot be read in one way: ${read.detail}`;
  const { value } = read;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (Object.keys(value).some((key) => key !== name && names(key, name)))
    return `the body names ${name} more than once`;
  const said = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  if (said === undefined) return undefined;
  if (typeof said !== "string") return `${name} is no text`;
  const without = (whole: unknown): unknown =>
    Object.fromEntries(Object.entries(whole as object).filter(([key]) => key !== name));
  const beginning = `{${JSON.stringify(name)}:${JSON.stringify(said)}`;
  return {
    said,
    rest: serializeExactly(bytes, without(value), without),
    putBack: (judged) =>
      judged === undefined || judged.length <= 2
        ? Buffer.from(`${beginning}}`)
        : Buffer.concat([Buffer.from(`${beginning},`), judged.subarray(1)]),
  };
}

const names = (sent: string, name: string): boolean =>
  sent === name || isOverrideName(sent) || sent.toLowerCase() === name.toLowerCase();
