import type { OverridePlace } from "../../document/dialects.ts";
import type { Known } from "../../facts/facts.ts";
import { mayHaveBody } from "../../facts/header-fields.ts";
import { noRoom } from "../../facts/held-bytes.ts";
import { holdBody } from "../../facts/hold-body.ts";
import { methodProblems } from "../../facts/method-problems.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { overrideInMembers, overrideInPairs } from "../../reading/method-override.ts";
import { readStrictJson } from "../../reading/strict-json.ts";

/** How much of a body that no schema describes is held to look for another method. */
const mostHeldBytes = 1_048_576;

type Taken = Known<
  "body" | "bodyAbsent" | "bodyReading" | "caller" | "fields",
  "bodyBytes" | "heldBytes"
>;
type Kind = "form" | "multipart" | "json";

export const ambiguous = (method: string, place: string): Refusal =>
  refuse(methodProblems["method-ambiguous"], {
    detail: `${place} asks for ${method}, which the backend may do (upstream.dialect, upstream.methodFrom)`,
  });

/** Refuses a body that makes another method of a POST for the backend. */
export function judgeBody(
  known: Taken,
  places: ReadonlySet<OverridePlace>,
): Refusal | undefined | Promise<Refusal | undefined> {
  if (known.arrival.method !== "POST" || known.bodyAbsent || !mayHaveBody(known)) return undefined;
  const kind = kindOf(known);
  if (kind === undefined || !places.has(kind === "json" ? "json" : "form")) return undefined;
  if (known.body !== undefined) {
    const method = overrideInMembers(known.body);
    return method === undefined ? undefined : ambiguous(method, "the body");
  }
  return holdBody(known, mostHeldBytes).then((held) => {
    if (held === "held") return judgeBytes(known.bodyBytes as Buffer, kind);
    if (held === "no room") return noRoom();
    // What cannot be looked into passes, and the record says so.
    if (held === "too large")
      known.decisions.observe(ambiguous("perhaps another method", "a body too large to be held"));
    return undefined;
  });
}

function kindOf({ bodyReading, fields }: Taken): Kind | undefined {
  const read = bodyReading?.kind;
  if (read === "json" || read === "form" || read === "multipart") return read;
  const type = fields.contentType?.toLowerCase() ?? "";
  if (type.includes("x-www-form-urlencoded")) return "form";
  if (type.includes("multipart/")) return "multipart";
  return type.includes("json") ? "json" : undefined;
}

/** A body that the contract did not read, or could not. */
function judgeBytes(bytes: Buffer, kind: Kind): Refusal | undefined {
  const method = kind === "json" ? inJson(bytes) : inForm(bytes, kind);
  return method === undefined ? undefined : ambiguous(method, "the body");
}

function inJson(bytes: Buffer): string | undefined {
  const read = readStrictJson(bytes);
  if (!("unread" in read)) return overrideInMembers(read.value);
  return /"(?:_|\\u005f)method"/i.test(bytes.toString("latin1")) ? "another method" : undefined;
}

/** In a multipart body that nothing else reads, the name alone is enough. */
function inForm(bytes: Buffer, kind: Kind): string | undefined {
  const text = bytes.toString("latin1");
  if (kind === "form") return overrideInPairs(text);
  return /name\*?\s*=[^\r\n]{0,40}[_. []method/i.test(text) ? "another method" : undefined;
}
