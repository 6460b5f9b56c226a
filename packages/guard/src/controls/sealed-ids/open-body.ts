import type { Operation, SchemaRegistry } from "../../document/api-document.ts";
import {
  compileReplaceMarked,
  type ReplaceMarked,
} from "../../document/schema/marked-properties.ts";
import { isRefusal, type Refusal } from "../../facts/refusal.ts";
import { serializeExactly } from "../../reading/serialize-exactly.ts";
import type { Check } from "../check.ts";
import { linkMark } from "./plan.ts";
import { rewriteForm } from "./rewrite-form.ts";
import { notOpened, openOne, type ReaderFacts, type Sealing } from "./sealing.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Ids come in bodies that the gate reads and writes again: JSON and forms. One that it cannot
 * write, or does not read, could carry them past the seal.
 */
export function compileOpenBody(
  sealing: Sealing,
  { requestBody }: Operation,
  schemas: SchemaRegistry,
):
  | Check<"app" | "caller" | "fields" | "body" | "bodyBytes" | "bodyReading", "body" | "bodyBytes">
  | undefined {
  const replaceIn = (form: RegExp): ReplaceMarked | undefined => {
    const content = requestBody?.content.find(({ mediaType }) => form.test(mediaType));
    return compileReplaceMarked(content?.schema, schemas, sealing.plan.marks, true);
  };
  const json = replaceIn(/json|\*/i);
  const form = replaceIn(/x-www-form-urlencoded/i);
  const parts = replaceIn(/multipart/i);
  if (json === undefined && form === undefined && parts === undefined) return undefined;
  return (known) => {
    const { body, bodyBytes, bodyReading, fields } = known;
    if (bodyReading === undefined) return undefined;
    const { kind } = bodyReading;
    const replace = kind === "json" ? json : kind === "form" ? form : undefined;
    if (replace === undefined) {
      const unwritten =
        kind === "multipart"
          ? parts !== undefined
          : kind !== "json" && kind !== "form" && /json|form/i.test(fields.contentType ?? "");
      return unwritten ? notOpened(`a body of the kind ${kind}`) : undefined;
    }
    if (body === undefined || bodyBytes === undefined) return undefined;
    const opener = compileOpener(sealing, known);
    const open = (value: unknown): unknown => replace(value, opener.open);
    const opened = open(body);
    if (opened !== body) {
      known.body = opened;
      // The backend gets the ids, and every other byte's value as it was sent.
      known.bodyBytes =
        kind === "form"
          ? rewriteForm(bodyBytes, body as Fields, opened as Fields)
          : serializeExactly(bodyBytes, opened, open);
    }
    return opener.refusal();
  };
}

/** Opens what stands at marked properties of a body; `refusal` says that one did not open. */
function compileOpener(
  sealing: Sealing,
  known: ReaderFacts,
): {
  readonly open: (kind: string, value: unknown) => unknown;
  readonly refusal: () => Refusal | undefined;
} {
  let refusal: Refusal | undefined;
  return {
    refusal: () => refusal,
    open(kind, value) {
      if (kind === linkMark) return value;
      const what = `the body (${kind})`;
      if (typeof value !== "string") {
        // A raw number, where the app was given a handle.
        if (!sealing.rawAllowed(kind, known)) refusal ??= notOpened(what);
        return value;
      }
      const opened = openOne(sealing, known, kind, value, what);
      if (!isRefusal(opened)) return opened.id;
      refusal ??= opened;
      return value;
    },
  };
}
