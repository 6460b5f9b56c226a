import { compileReplaceMarked, type ReplaceMarked } from "../contracts/marked-properties.ts";
import type { Operation } from "../operation.ts";
import type { ApiPlan } from "../policy/plan.ts";
import type { ValidateRules } from "./60-validate.ts";
import { bodyOpener, type IdSealing, notOpened } from "./70-open-ids.ts";

/** Ids come in bodies that the gate reads and writes again: JSON and forms. One that it cannot write, or does not read, could carry them past the seal. */
export function compileOpenBody(operation: Operation, { document }: ApiPlan, sealing: IdSealing): ValidateRules["openBody"] {
  const replaceIn = (form: RegExp): ReplaceMarked | undefined => compileReplaceMarked(operation.requestBody?.content.find((content) => form.test(content.mediaType))?.schema, document.schemas, sealing.plan.marks, true);
  const [json, form, parts] = [replaceIn(/json|\*/i), replaceIn(/x-www-form-urlencoded/i), replaceIn(/multipart/i)];
  if (json === undefined && form === undefined && parts === undefined) return undefined;
  return (exchange, kind) => {
    const replace = kind === "json" ? json : kind === "form" ? form : undefined;
    if (replace !== undefined) {
      const opener = bodyOpener(sealing, exchange);
      // One reading: opened twice, an id would be taken for a handle.
      return { open: (value) => replace(value, opener.replace), refusal: () => opener.refusal };
    }
    const unwritten = kind === "multipart" ? parts !== undefined : kind !== "json" && kind !== "form" && /json|form/i.test(exchange.known.contentType ?? "");
    return { open: (value) => value, refusal: () => (unwritten ? notOpened(`a body of the kind ${kind}`) : undefined) };
  };
}
