import type { SchemaCheck } from "../../document/schema/compile-schema.ts";
import { nameOnly } from "../../facts/name-only.ts";
import type { Problem } from "../../facts/problem.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { readStrictJson } from "../../reading/strict-json.ts";

/** Judges messages by the document. */
export interface MessageCheck {
  readonly judge: (bytes: Buffer, isText: boolean) => Refusal | undefined;
  /** What is said of a message that is too large to be read, where that alone is only observed. */
  readonly unread: Refusal;
}

/**
 * Whether a message is what the document describes: JSON with one reading, that fits the schema. A
 * binary message is described by none, and would pass what text may not.
 */
export function compileMessageCheck(fits: SchemaCheck, problem: Problem): MessageCheck {
  const binary = refuse(problem, { detail: "it is binary, where the document describes JSON" });
  return {
    unread: refuse(problem, { detail: "it is too large to be read" }),
    judge(bytes, isText) {
      if (!isText) return binary;
      const read = readStrictJson(bytes);
      if ("unread" in read) return refuse(problem, { detail: read.detail });
      const fault = fits(read.value);
      return fault === undefined
        ? undefined
        : refuse(problem, {
            detail: `${nameOnly(fault.pointer)} ${fault.message}`.slice(0, 500),
          });
    },
  };
}
