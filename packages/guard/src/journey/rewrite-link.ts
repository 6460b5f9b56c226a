import type { Exchange } from "./exchange.ts";

/**
 * What becomes of a link in a header field of the backend's answer: the backend is not named, and
 * ids leave sealed.
 */
export function rewriteLink(exchange: Exchange, link: string): string {
  const { linkRewriters, operation } = exchange.course;
  let rewritten = operation.rewriteOwnLink(link);
  for (const { check, mode } of linkRewriters)
    if (exchange.enforces(mode)) rewritten = check.link?.(exchange, rewritten) ?? rewritten;
  return rewritten;
}
