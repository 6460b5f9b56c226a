import type { MediaTypeContract, SchemaRegistry } from "../../document/api-document.ts";
import type { BodyReading } from "../../facts/body.ts";
import { refuse } from "../../facts/refusal.ts";
import { readFormFields } from "../../reading/form-fields.ts";
import { respellPairs, writePairs } from "../../reading/write-pairs.ts";
import type { ReadBytes } from "./body-reading.ts";
import { compileReadFields } from "./form-body.ts";
import { compileRespellField } from "./respell.ts";
import { problems } from "./problems.ts";

/** Refuses a form that says something twice, or in another way than the document describes. */
const ambiguousField = refuse(problems["body-ambiguous"], {
  detail: "a field stands twice, or is not what its encoding says",
});
const unreadable = refuse(problems["body-malformed"], {
  detail: "the form cannot be read in one way",
});

/** Compiles how a form (application/x-www-form-urlencoded) is read, and in which spelling it goes on. */
export function compileFormReading(
  contract: MediaTypeContract,
  schemas: SchemaRegistry,
  fits: BodyReading["fits"],
): ReadBytes {
  const readFields = compileReadFields(contract, schemas);
  const respellOf = compileRespellField(contract.schema, schemas);
  return {
    kind: "form",
    fits,
    read(bytes) {
      const fields = readFormFields(bytes);
      if (fields === undefined) return unreadable;
      const value = readFields(fields);
      if (value === undefined) return ambiguousField;
      const text = bytes.toString("latin1");
      const plain = writePairs(text, "+");
      if (plain === undefined) return unreadable;
      const written = respellPairs(plain, respellOf);
      return written === text ? { value } : { value, written: { bytes: Buffer.from(written) } };
    },
  };
}
