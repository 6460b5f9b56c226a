import { statusDocument } from "../facts/problem-document.ts";
import type { Answer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import { isBodyless } from "./judge-head.ts";
import { writeWhole } from "./write-head.ts";

/**
 * Answers where only the backend's status is known to be fit to leave, and what its fields say to
 * every client.
 *
 * @param headers flat; taken over
 */
export function answerInPlace(
  exchange: Exchange,
  answer: Answer,
  headers: string[],
  instead: "problem" | "nothing",
): void {
  const { arrival, status, traceId } = exchange;
  const body = instead === "problem" ? statusDocument(status, traceId) : "";
  if (instead === "problem") headers.push("Content-Type", "application/problem+json");
  if (status === 205 || !isBodyless(status, arrival.method))
    headers.push("Content-Length", String(Buffer.byteLength(body)));
  exchange.answerBytes = Buffer.byteLength(body);
  writeWhole(exchange, answer, headers, body, true);
}
