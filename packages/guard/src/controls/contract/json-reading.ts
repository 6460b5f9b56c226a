import type { JsonSchema, SchemaRegistry } from "../../document/api-document.ts";
import type { BodyReading } from "../../facts/body.ts";
import { refuse } from "../../facts/refusal.ts";
import { readStrictJson } from "../../reading/strict-json.ts";
import type { ReadBytes } from "./body-reading.ts";
import { judgeNumbers } from "./judge-numbers.ts";
import { problems } from "./problems.ts";

/** Compiles how a JSON body is read: where every program reads the same, and nowhere else. */
export function compileJsonReading(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  fits: BodyReading["fits"],
): ReadBytes {
  return {
    kind: "json",
    fits,
    read(bytes) {
      const read = readStrictJson(bytes);
      if ("unread" in read) {
        const { detail, unread } = read;
        return refuse(problems[unread === "malformed" ? "body-malformed" : "body-ambiguous"], {
          detail,
        });
      }
      const { refused, written } = judgeNumbers(read.text, schema, schemas);
      if (refused !== undefined) return unjudged(refused.pointer, refused.detail);
      return written === undefined
        ? { value: read.value }
        : { value: read.value, written: { bytes: Buffer.from(written) } };
    },
  };
}

const unjudged = (pointer: string, detail: string): ReturnType<typeof refuse> =>
  refuse(problems["body-ambiguous"], {
    detail,
    violations: [{ in: "body", pointer, keyword: "number", message: detail }],
  });
