import type { AnswerHead } from "../controls/check.ts";
import { refuse } from "../facts/refusal.ts";
import type { AnswerReceiver, Forwarding, UpstreamFaultCode } from "../ports/upstream.ts";
import { type AnswerFields, readAnswerFields } from "./answer-fields.ts";
import { type Answer, dress } from "./answer.ts";
import { answerAbsent, answerDecided } from "./conceal.ts";
import type { RunAnswer } from "./course.ts";
import { decodeBounded } from "./decode-answer.ts";
import type { Exchange } from "./exchange.ts";
import { judgeHead } from "./judge-head.ts";
import { upstreamProblems } from "./problems.ts";
import { sendHeld } from "./send-held.ts";
import { shapeAnswer } from "./shape-answer.ts";

/**
 * Receives the backend's answer. One that a control must read is held, up to a bound, and not one
 * byte of it leaves before every control has agreed; any other streams through with back-pressure.
 */
export class ReceiveAnswer implements AnswerReceiver {
  readonly #exchange: Exchange;
  readonly #answer: Answer;
  readonly #ended: () => void;
  #fields: AnswerFields | undefined;
  #head: AnswerHead | undefined;
  #held: Buffer[] | undefined;
  #heldBytes = 0;
  #over = false;
  forwarding: Forwarding | undefined;

  /** @param ended called once, when the answer has been given or cannot be */
  constructor(exchange: Exchange, answer: Answer, ended: () => void) {
    this.#exchange = exchange;
    this.#answer = answer;
    this.#ended = ended;
  }

  onHead(status: number, rawHeaders: string[]): void {
    const exchange = this.#exchange;
    const { operation } = exchange.course;
    exchange.answeredAt = performance.now();
    exchange.upstreamStatus = status;
    exchange.status = status;
    dress(exchange);
    const fields = readAnswerFields(rawHeaders, operation.fieldRules, this.#rewriteLink());
    this.#fields = fields;
    for (const part of operation.answerFields) fields.headers.push(part);
    for (const part of exchange.answerFields) fields.headers.push(part);
    const { contentType } = fields;
    const head: AnswerHead = {
      status,
      contentType,
      response: operation.responses.find(status, contentType),
    };
    this.#head = head;
    this.#takeHead(head);
  }

  onData(chunk: Buffer): boolean {
    if (this.#over) return true;
    this.#exchange.answerBytes += chunk.length;
    if (this.#held === undefined) {
      if (this.#answer.write(chunk)) return true;
      this.#answer.once("drain", () => this.forwarding?.resume());
      return false;
    }
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    const { mostAnswerBytes } = this.#exchange.course.operation;
    if (
      this.#heldBytes > mostAnswerBytes &&
      !this.#unreadStands(`the answer is larger than ${mostAnswerBytes} bytes`)
    ) {
      const held = this.#held;
      this.#held = undefined;
      this.#begin(true);
      for (const one of held) this.#answer.write(one);
    }
    return true;
  }

  onEnd(trailers: string[]): void {
    if (this.#over) return;
    if (this.#held !== undefined) {
      this.#readHeld(this.#held);
      return;
    }
    if (trailers.length > 0) this.#answer.addTrailers?.(pairsOf(trailers));
    this.#answer.end();
    this.#end();
  }

  onFault(code: UpstreamFaultCode, detail: string): void {
    if (this.#over) return;
    const retry = code === "upstream-malformed" ? {} : { retryAfterSeconds: 1 };
    this.#exchange.decide(refuse(upstreamProblems[code], { detail, ...retry }));
    this.#refuse();
  }

  /** What becomes of links to the API in header fields; undefined where they leave as they are. */
  #rewriteLink(): ((link: string) => string) | undefined {
    const exchange = this.#exchange;
    const rewrites = exchange.course.answers.filter(
      ({ check, mode }) => check.link !== undefined && exchange.enforces(mode),
    );
    if (rewrites.length === 0) return undefined;
    return (link) => rewrites.reduce((one, { check }) => check.link?.(exchange, one) ?? one, link);
  }

  #takeHead(head: AnswerHead): void {
    switch (judgeHead(this.#exchange, head)) {
      case "refused":
        this.#refuse();
        break;
      case "absent":
        this.#answerAsAbsent();
        break;
      case "held":
        this.#held = [];
        break;
      case "passes":
        this.#begin(true);
        break;
      case "passes without its length":
        this.#begin(false);
        break;
      default:
    }
  }

  #readHeld(held: readonly Buffer[]): void {
    const bytes = held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held);
    const { coding } = this.#fields as AnswerFields;
    this.#over = true;
    if (coding === undefined) {
      this.#release(bytes, bytes);
      return;
    }
    const { mostAnswerBytes } = this.#exchange.course.operation;
    decodeBounded(bytes, coding, mostAnswerBytes).then(
      (plain) => this.#release(bytes, plain),
      (fault: unknown) => this.#release(bytes, undefined, (fault as Error).message),
    );
  }

  /** @param plain the bytes that can be read; undefined with the reason why there are none */
  #release(bytes: Buffer, plain: Buffer | undefined, why = "the answer is not JSON"): void {
    const exchange = this.#exchange;
    if (exchange.closed) {
      this.#end();
      return;
    }
    const { headers } = this.#fields as AnswerFields;
    const shaped =
      plain === undefined
        ? "unread"
        : shapeAnswer(exchange, this.#head as AnswerHead, plain, headers);
    if (shaped === "refused") this.#refuse();
    else if (shaped !== "unread") this.#send(shaped.body, shaped.changed || plain !== bytes);
    else if (!this.#unreadStands(why)) {
      // Only observed: it leaves as it came.
      this.#begin(true);
      this.#answer.end(bytes);
      this.#end();
    }
  }

  /**
   * An answer that must be read and cannot be. Each step that needs it says so, and its own mode
   * decides; true when a refusal stood.
   */
  #unreadStands(detail: string): boolean {
    const exchange = this.#exchange;
    const head = this.#head as AnswerHead;
    const reads = ({ check }: RunAnswer): boolean => check.reads?.(exchange, head) === true;
    for (const { check } of exchange.course.answers.filter(reads)) {
      const refusal = check.unread?.(exchange, head, detail);
      if (refusal === undefined || !exchange.decide(refusal)) continue;
      this.#refuse();
      return true;
    }
    return false;
  }

  /** Sends the head of an answer that is passed on in the bytes it came in. */
  #begin(withLength: boolean): void {
    const { coding, headers, length } = this.#fields as AnswerFields;
    if (coding !== undefined) headers.push("Content-Encoding", coding);
    if (withLength && length !== undefined) headers.push("Content-Length", length);
    this.#answer.writeHead(this.#exchange.status, headers);
  }

  #send(body: Buffer, changed: boolean): void {
    const exchange = this.#exchange;
    const { headers } = this.#fields as AnswerFields;
    const { entityTags } = exchange.course.operation;
    sendHeld(exchange, this.#answer, { body, headers, changed, entityTags }, () => this.#end());
  }

  #refuse(): void {
    const exchange = this.#exchange;
    this.#over = true;
    this.#held = undefined;
    if (exchange.answeredAt !== 0) this.forwarding?.abort();
    const { refusal } = exchange.decisions;
    if (refusal === undefined) this.#end();
    else answerDecided(exchange, this.#answer, refusal, () => this.#end());
  }

  /**
   * What the backend does not have is answered as what is another's: the difference would tell
   * which ids exist.
   */
  #answerAsAbsent(): void {
    this.#over = true;
    this.forwarding?.abort();
    answerAbsent(this.#exchange, this.#answer, () => this.#end());
  }

  #end(): void {
    this.#over = true;
    this.#ended();
  }
}

function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < flat.length; index += 2)
    pairs.push([flat[index] as string, flat[index + 1] as string]);
  return pairs;
}
