import type { Operation, SchemaRegistry } from "../../document/api-document.ts";
import {
  compileReplaceMarked,
  type ReplaceMarked,
  type ReplaceOne,
} from "../../document/schema/marked-properties.ts";
import type { BodyKind } from "../../facts/body.ts";
import type { Facts } from "../../facts/facts.ts";
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
    return compileReplaceMarked(content?.schema, schemas, sealing.plan.marks, "caller");
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
    if (replace === undefined)
      return couldCarry(kind, parts !== undefined, fields.contentType)
        ? notOpened(`a body of the kind ${kind}`)
        : undefined;
    return body === undefined || bodyBytes === undefined
      ? undefined
      : openBody(sealing, known, bodyBytes, replace);
  };
}

/** The backend gets the ids, and every other byte's value as it was sent. */
function openBody(
  sealing: Sealing,
  known: ReaderFacts & Pick<Facts, "body" | "bodyBytes" | "bodyReading">,
  bytes: Buffer,
  replace: ReplaceMarked,
): Refusal | undefined {
  const opener = compileOpener(sealing, known);
  const open = (value: unknown): unknown => replace(value, opener.open);
  const { body } = known;
  const opened = open(body);
  if (opened !== body) {
    known.body = opened;
    known.bodyBytes =
      known.bodyReading?.kind === "form"
        ? rewriteForm(bytes, body as Fields, opened as Fields)
        : serializeExactly(bytes, opened, open);
  }
  return opener.refusal();
}

/** Whether a body that the gate does not write again could carry ids past the seal. */
function couldCarry(kind: BodyKind, ofParts: boolean, contentType: string | undefined): boolean {
  if (kind === "multipart") return ofParts;
  return kind !== "json" && kind !== "form" && /json|form/i.test(contentType ?? "");
}

/** Opens what stands at marked properties of a body; `refusal` says that one did not open. */
function compileOpener(
  sealing: Sealing,
  known: ReaderFacts,
): { readonly open: ReplaceOne; readonly refusal: () => Refusal | undefined } {
  let refusal: Refusal | undefined;
  return {
    refusal: () => refusal,
    open(marks, value) {
      const kinds = marks.filter((mark) => mark !== linkMark);
      if (kinds.length === 0) return value;
      let refused: Refusal | undefined;
      for (const kind of kinds) {
        const opened = openValue(sealing, known, kind, value);
        if (!isRefusal(opened)) return opened.id;
        refused = opened;
      }
      refusal ??= refused;
      return value;
    },
  };
}

function openValue(
  sealing: Sealing,
  known: ReaderFacts,
  kind: string,
  value: unknown,
): { readonly id: unknown } | Refusal {
  const what = `the body (${kind})`;
  if (typeof value === "string") return openOne(sealing, known, kind, value, what);
  // A raw number, where the app was given a handle.
  return sealing.rawAllowed(kind, known) ? { id: value } : notOpened(what);
}
