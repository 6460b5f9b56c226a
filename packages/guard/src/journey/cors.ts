import type { CorsPlan } from "../policy/plan.ts";
import type { JourneyExchange } from "./step.ts";

/** Fields that answer a preflight; undefined when it is none of the gate's: of no listed origin, or of no operation. */
export type AnswerPreflight = (exchange: JourneyExchange) => readonly string[] | undefined;

export interface Cors {
  readonly preflight: AnswerPreflight;
  /** Tells the caller's browser whether a page may read the answer, whoever gives it. */
  readonly allow: (exchange: JourneyExchange) => void;
}

/**
 * Which pages of other origins may call the API and read its answers (Fetch standard, section 3.3). Said by the gate alone,
 * of every answer and refusal: a backend that echoes any origin is not heard. Origins are compared to the letter.
 */
export function compileCors({ allowHeaders, credentials, exposeHeaders, maxAgeSeconds, origins }: CorsPlan, methodsAt: (path: string) => readonly string[]): Cors {
  const anyOrigin = origins.includes("*");
  const listed = new Set(origins);
  const names = (origin: string): boolean => anyOrigin || listed.has(origin);
  const shared = anyOrigin ? [] : ["Vary", "Origin"];
  const may = (origin: string): string[] => ["Access-Control-Allow-Origin", anyOrigin ? "*" : origin, ...(credentials ? ["Access-Control-Allow-Credentials", "true"] : [])];
  const readable = ["Access-Control-Expose-Headers", exposeHeaders.join(", ")];
  const asked = ["Access-Control-Allow-Headers", allowHeaders.join(", "), "Access-Control-Max-Age", String(maxAgeSeconds)];
  return {
    preflight(exchange) {
      const { arrival, known: { origin }, path } = exchange;
      if (arrival.method !== "OPTIONS" || origin === undefined || !names(origin) || !asksForMethod(arrival.rawHeaders)) return undefined;
      const methods = methodsAt(path);
      // A document that names OPTIONS has a backend that answers it.
      if (methods.length === 0 || methods.includes("OPTIONS")) return undefined;
      return [...may(origin), "Access-Control-Allow-Methods", methods.join(", "), ...asked, ...shared];
    },
    allow(exchange) {
      const { answerHeaders, known: { origin } } = exchange;
      exchange.corsDecided = true;
      answerHeaders.push(...shared);
      if (origin !== undefined && names(origin)) answerHeaders.push(...may(origin), ...readable);
    },
  };
}

function asksForMethod(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2) if ((rawHeaders[index] as string).toLowerCase() === "access-control-request-method") return true;
  return false;
}
