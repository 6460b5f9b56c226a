import type { AnswerHead } from "../controls/check.ts";
import type { Exchange } from "./exchange.ts";

/**
 * An answer that must be read and cannot be. Each step that needs it says so, and its own mode
 * decides; true when a refusal stood.
 */
export function unreadStands(exchange: Exchange, head: AnswerHead, detail: string): boolean {
  for (const { check } of exchange.course.answers) {
    if (check.reads?.(exchange, head) !== true) continue;
    const refusal = check.unread?.(exchange, head, detail);
    if (refusal !== undefined && exchange.decide(refusal)) return true;
  }
  return false;
}
