import type { SchemaRegistry } from "../../document/api-document.ts";
import type { ResponseTable } from "../../document/responses.ts";
import { compileStrip, type RestrictedProperties } from "../../document/schema/strip-undeclared.ts";
import { refuse } from "../../facts/refusal.ts";
import type { AnswerCheck } from "../check.ts";
import { problems } from "./problems.ts";

/** Takes from an answer what the document does not declare, and what the caller's roles may not see. */
export function compileDisclose(
  responses: ResponseTable,
  schemas: SchemaRegistry,
  visible: RestrictedProperties,
): AnswerCheck<"caller", "declaredAnswer" | "stripped"> | undefined {
  if (responses.all.length === 0) return undefined;
  const strips = responses.all.map(({ schema }) => compileStrip(schema, schemas, visible));
  return {
    readsSuccess: responses.describesSuccess,
    reads: (_known, { response }) => response?.schema !== undefined,
    unread: (_known, _head, detail) => refuse(problems["response-unreadable"], { detail }),
    body(known, value, { response }) {
      const strip = response === undefined ? undefined : strips[response.index];
      const roles = known.caller?.roles ?? [];
      const kept = strip?.(value, roles);
      if (strip === undefined || kept === undefined) return undefined;
      known.stripped = kept.stripped;
      known.declaredAnswer = kept.value;
      return { change: (one) => strip(one, roles)?.value ?? one };
    },
  };
}
