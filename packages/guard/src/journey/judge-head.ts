import type { AnswerHead } from "../controls/check.ts";
import type { Exchange } from "./exchange.ts";

/** What becomes of an answer whose head has come: `held` until its body has been read. */
export type HeadJudged = "refused" | "absent" | "held" | "passes" | "passes without its length";

/** Asks every step on the answer about its head, in their order. */
export function judgeHead(exchange: Exchange, head: AnswerHead): HeadJudged {
  const { answers, operation, readsAlways } = exchange.course;
  for (const { check, mode } of answers) {
    const outcome = check.head?.(exchange, head);
    if (outcome === undefined) continue;
    if (outcome === "absent") {
      if (exchange.enforces(mode)) return "absent";
    } else if (exchange.decide(outcome)) return "refused";
  }
  const { method } = exchange.arrival;
  const askedAsGet = readsAlways && method === "HEAD" && head.status === 200;
  if (hasNoBody(head.status, method) && !askedAsGet) return judgeBodyless(exchange, head);
  const tagged =
    operation.entityTags && head.status === 200 && (head.contentType ?? "").includes("json");
  return tagged || answers.some(({ check }) => check.reads?.(exchange, head) === true)
    ? "held"
    : "passes";
}

const hasNoBody = (status: number, method: string): boolean =>
  method === "HEAD" || status === 204 || status === 304 || status < 200;

/** An answer without a body tells whether the object exists, as its body would. */
function judgeBodyless(exchange: Exchange, head: AnswerHead): HeadJudged {
  for (const { check } of exchange.course.answers) {
    const refusal = check.bodyless?.(exchange, head);
    if (refusal !== undefined && exchange.decide(refusal)) return "refused";
  }
  return exchange.arrival.method === "HEAD" ? "passes" : "passes without its length";
}
