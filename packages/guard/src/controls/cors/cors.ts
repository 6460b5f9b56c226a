import type { Check } from "../check.ts";
import type { EveryAnswer } from "../control.ts";
import type { CorsPlan } from "./plan.ts";

export interface Cors {
  /** Answers a preflight; nothing when it is none of the gate's. */
  readonly preflight: Check<"fields" | "path">;
  /** Tells the caller's browser whether a page may read the answer, whoever gives it. */
  readonly everyAnswer: EveryAnswer;
}

/**
 * Which pages of other origins may call the API and read its answers (Fetch standard, section 3.3).
 * The gate alone says it, in every answer and refusal. Fields by which the backend says it are
 * replaced, because a backend that echoes any origin would open the API to every page. Origins are
 * compared to the letter.
 */
export function compileCors(
  { allowHeaders, credentials, exposeHeaders, maxAgeSeconds, origins }: CorsPlan,
  methodsAt: (path: string) => readonly string[],
): Cors {
  const anyOrigin = origins.includes("*");
  const listed = new Set(origins);
  const names = (origin: string | undefined): origin is string =>
    origin !== undefined && (anyOrigin || listed.has(origin));
  const shared = anyOrigin ? [] : ["Vary", "Origin"];
  const allowed = [
    ...(credentials ? ["Access-Control-Allow-Credentials", "true"] : []),
    "Access-Control-Expose-Headers",
    exposeHeaders.join(", "),
  ];
  const asked = [
    "Access-Control-Allow-Headers",
    allowHeaders.join(", "),
    "Access-Control-Max-Age",
    String(maxAgeSeconds),
  ];
  return {
    preflight({ arrival, fields, path }) {
      if (arrival.method !== "OPTIONS" || !names(fields.origin)) return undefined;
      if (!asksForMethod(arrival.rawHeaders)) return undefined;
      const methods = methodsAt(path);
      // Where the document declares OPTIONS, the backend answers it itself.
      if (methods.length === 0 || methods.includes("OPTIONS")) return undefined;
      return {
        reply: 204,
        headers: ["Access-Control-Allow-Methods", methods.join(", "), ...asked],
      };
    },
    everyAnswer: {
      replaces: ["access-control-"],
      add({ answerFields, fields: { origin } }) {
        answerFields.push(...shared);
        if (!names(origin)) return;
        answerFields.push("Access-Control-Allow-Origin", anyOrigin ? "*" : origin, ...allowed);
      },
    },
  };
}

function asksForMethod(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2)
    if ((rawHeaders[index] as string).toLowerCase() === "access-control-request-method")
      return true;
  return false;
}
