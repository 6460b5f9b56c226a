import type { AnswerHead, HeadOutcome, Replacement } from "../controls/check.ts";
import type { Refusal } from "../facts/refusal.ts";
import type { AnswerFields } from "./answer-fields.ts";
import type { RunAnswer } from "./course.ts";
import type { Exchange } from "./exchange.ts";

/**
 * What becomes of an answer whose head has come: `held` until its body has been read, `held bare`
 * where also of its fields only those leave that every answer may have.
 */
export type HeadJudged =
  | "refused"
  | "absent"
  | "held"
  | "held bare"
  | "problem"
  | "nothing"
  | "passes"
  | "passes without its length";

/** What the head says to the steps, once its fields have been read. */
export const headOf = (
  exchange: Exchange,
  status: number,
  { contentType, headers, length }: Pick<AnswerFields, "contentType" | "headers" | "length">,
): AnswerHead => ({
  status,
  contentType,
  response: exchange.course.operation.responses.find(status, contentType),
  bodyless: length === "0" || hasNoBody(exchange, status),
  fields: headers,
});

/** Asks every step on the answer about its head, in their order. */
export function judgeHead(exchange: Exchange, head: AnswerHead): HeadJudged {
  const asked = askSteps(exchange, head);
  if (asked === "refused" || asked === "absent") return asked;
  if (asked === "problem" || asked === "nothing") return bodylessStands(exchange, head) ?? asked;
  const { answers, operation } = exchange.course;
  if (hasNoBody(exchange, head.status)) return judgeBodyless(exchange, head);
  const tagged =
    operation.entityTags && head.status === 200 && (head.contentType ?? "").includes("json");
  if (!tagged && !someReads(exchange, head, answers)) return "passes";
  return asked === "shape" ? "held bare" : "held";
}

/** By index: over what is frozen, each step of an iterator is an object. */
function someReads(exchange: Exchange, head: AnswerHead, answers: readonly RunAnswer[]): boolean {
  for (let index = 0; index < answers.length; index += 1)
    if (answers[index]?.check.reads?.(exchange, head) === true) return true;
  return false;
}

type Asked = "refused" | "absent" | Exclude<Replacement["instead"], "refusal"> | undefined;

/** The first replacement stands, unless a step refuses the answer or takes it for none. */
function askSteps(exchange: Exchange, head: AnswerHead): Asked {
  let replaced: Asked;
  let refusals: Refusal[] | undefined;
  const { answers } = exchange.course;
  for (let index = 0; index < answers.length; index += 1) {
    const { check, mode } = answers[index] as RunAnswer;
    const outcome = check.head?.(exchange, head);
    if (outcome === undefined) continue;
    if (isReplacement(outcome)) {
      const { because, instead } = outcome;
      if (instead === "refusal") (refusals ??= []).push(because);
      else if (exchange.amend(because)) replaced ??= instead;
    } else {
      const stands = standsAs(exchange, outcome, mode);
      if (stands !== undefined) return stands;
    }
  }
  for (const refusal of refusals ?? []) if (exchange.decide(refusal)) return "refused";
  return replaced;
}

const isReplacement = (outcome: NonNullable<HeadOutcome>): outcome is Replacement =>
  typeof outcome === "object" && "instead" in outcome;

function standsAs(
  exchange: Exchange,
  outcome: Refusal | "absent",
  mode: RunAnswer["mode"],
): "refused" | "absent" | undefined {
  if (outcome === "absent") return exchange.enforces(mode) ? "absent" : undefined;
  return exchange.decide(outcome) ? "refused" : undefined;
}

/** Whether the caller gets no body, whatever the backend sends (RFC 9110 sections 6.4.1, 15.3). */
export const isBodyless = (status: number, method: string): boolean =>
  method === "HEAD" || status === 204 || status === 205 || status === 304;

/** Whose object it is stands in the body: it is read where the caller asks for the head alone. */
const hasNoBody = ({ arrival: { method }, course }: Exchange, status: number): boolean =>
  isBodyless(status, method) && !(course.readsAlways && method === "HEAD" && status === 200);

/** The same of an answer that came without a body: it tells whether the object exists. */
export function bodylessStands(exchange: Exchange, head: AnswerHead): "refused" | undefined {
  for (const { check } of exchange.course.answers) {
    const refusal = check.bodyless?.(exchange, head);
    if (refusal !== undefined && exchange.decide(refusal)) return "refused";
  }
  return undefined;
}

/**
 * The length of a body that would be changed is not that of what a GET would bring; and a status
 * that has no body has no length either, which HTTP/2 clients hold answers to.
 */
function judgeBodyless(exchange: Exchange, head: AnswerHead): HeadJudged {
  const refused = bodylessStands(exchange, head);
  if (refused !== undefined) return refused;
  const { answers } = exchange.course;
  return !isBodyless(head.status, "GET") &&
    !answers.some(({ check, mode }) => exchange.enforces(mode) && check.reads?.(exchange, head))
    ? "passes"
    : "passes without its length";
}
