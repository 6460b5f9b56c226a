import type { Operation, SchemaRegistry } from "../../document/api-document.ts";
import { type Dialect, type DialectName, dialects } from "../../document/dialects.ts";
import { memberNames } from "../../document/schema/schema-walk.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { isJson, readMediaType } from "../../reading/media-type.ts";
import { plainName } from "../../reading/names-alike.ts";
import type { Check } from "../check.ts";
import { problems } from "./problems.ts";

/**
 * Refuses a form in which a field that is not declared is another spelling of one that is:
 * `role[]=admin` beside `role=user` is a list to whoever nests names, and PHP has no other names.
 * Undefined where no form is declared, or the backend takes names as they are.
 */
export function compileFieldNames(
  { requestBody }: Operation,
  schemas: SchemaRegistry,
  dialect: DialectName | undefined,
): Check<"body" | "bodyReading"> | undefined {
  if (dialect !== undefined && !readsOtherNames(dialects[dialect])) return undefined;
  const forms = (requestBody?.content ?? []).filter(({ mediaType }) => {
    const type = readMediaType(mediaType);
    return type !== undefined && !isJson(type);
  });
  const declared = new Set(forms.flatMap(({ schema }) => [...memberNames(schema, schemas)]));
  if (declared.size === 0) return undefined;
  const plain = new Map([...declared].map((name) => [plainName(name), name]));
  return ({ body, bodyReading }): Refusal | undefined => {
    if (bodyReading?.kind !== "form" && bodyReading?.kind !== "multipart") return undefined;
    for (const name of Object.keys(body ?? {})) {
      const meant = declared.has(name) ? undefined : plain.get(plainName(name));
      if (meant !== undefined)
        return refuse(problems["field-ambiguous"], {
          detail: `a field could be read as ${meant} (upstream.dialect)`,
        });
    }
    return undefined;
  };
}

const readsOtherNames = ({ nameCase, nested }: Dialect): boolean => nameCase || nested;
