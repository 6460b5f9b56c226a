import { refuse } from "../refusal.ts";
import { nameOnly } from "./name-only.ts";
import { serializeExactly } from "./serialize-exactly.ts";
import { modeOf, stands } from "./stands.ts";
import type { AnswerContract, JourneyExchange, OperationJourney } from "./step.ts";

/** What leaves, `unread` when the bytes are no JSON, or `refused` when a control stood. */
export type Shaped = { readonly body: Buffer; readonly changed: boolean } | "unread" | "refused";

type Shape = (value: unknown) => unknown;
const asItIs: Shape = (value) => value;

/**
 * An answer that was read whole: whose it is, which of its list are the caller's, what the document and the caller's roles
 * show, whether it fits, and its ids sealed, in this order. The shapes are put together once, so that an answer whose
 * numbers a double does not keep goes through the very same a second time, with its numbers as they were written.
 */
export function shapeAnswer(exchange: JourneyExchange, { answer: rules, modes }: OperationJourney, contract: AnswerContract | undefined, bytes: Buffer): Shaped {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return "unread";
  }
  const notYours = exchange.status < 300 ? rules.checkOwner?.(value, exchange) : undefined;
  if (notYours !== undefined && stands(exchange, notYours, modes)) return "refused";
  if (exchange.status === 200) rules.noteAnswer?.(value, exchange);

  const cut = cutForeign(exchange, modes, rules, value);
  const own = cut(value);
  const roles = exchange.principal?.roles ?? [];
  const disclosure = contract === undefined ? "off" : modeOf(exchange, modes, "disclosure");
  const kept = disclosure === "off" ? undefined : contract?.strip(own, roles);
  if (kept !== undefined) exchange.stripped = kept.stripped;
  const violations = contract?.check(kept?.value ?? own);
  if (violations !== undefined && violations.length > 0 && stands(exchange, refuse("response-invalid", { detail: violations.map((violation) => `${nameOnly(violation.pointer ?? "")} ${violation.message}`).join("; ").slice(0, 500) }), modes)) return "refused";

  // What the caller sees, and no more: not what was cut from the list or taken from the answer.
  if (exchange.status < 300) rules.noteShown?.(disclosure === "enforce" ? (kept?.value ?? own) : own, exchange);
  const strip: Shape = disclosure === "enforce" ? (one) => contract?.strip(one, roles)?.value ?? one : asItIs;
  const sealIds = sealsIds(exchange, modes, rules, contract) ? rules.sealFor?.(exchange) : undefined;
  const seal: Shape = sealIds === undefined ? asItIs : (one) => contract?.replaceMarked?.(one, sealIds);
  const shown = seal(disclosure === "enforce" ? (kept?.value ?? own) : own);
  return shown === value ? { body: bytes, changed: false } : { body: serializeExactly(bytes, shown, (exact) => seal(strip(cut(exact)))), changed: true };
}

/** Whether ids of this answer leave sealed for this caller. */
export function sealsIds(exchange: JourneyExchange, modes: OperationJourney["modes"], rules: OperationJourney["answer"], contract: AnswerContract | undefined): boolean {
  return rules.sealFor !== undefined && contract?.replaceMarked !== undefined && modeOf(exchange, modes, "ownership") === "enforce";
}

/** A list that holds what is another's, cut to the caller's own; only told of where that is observed. */
function cutForeign(exchange: JourneyExchange, modes: OperationJourney["modes"], { filterForeign }: OperationJourney["answer"], value: unknown): Shape {
  if (filterForeign === undefined || exchange.status >= 300) return asItIs;
  const mode = modeOf(exchange, modes, "ownership");
  const found = mode === "off" ? undefined : filterForeign(value, exchange);
  if (found === undefined) return asItIs;
  (exchange.decisions ??= []).push({ refusal: refuse("object-not-yours", { detail: `${found.removed} elements of others` }), mode });
  return mode === "enforce" ? (one) => filterForeign(one, exchange)?.value ?? one : asItIs;
}
