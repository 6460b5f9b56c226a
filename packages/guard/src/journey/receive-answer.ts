import type { AnswerHead } from "../controls/check.ts";
import { noRoomForAnswer, roomOf } from "../facts/held-bytes.ts";
import type { UpstreamFaultCode } from "../ports/upstream.ts";
import { type AnswerFields, readAnswerFields, type RewritesLinks } from "./answer-fields.ts";
import { readTrailers } from "./trailers.ts";
import { answerInPlace } from "./answer-in-place.ts";
import { dress } from "./answer.ts";
import { type Boundary, BoundReceiver } from "./boundary.ts";
import { answerAbsent, answerDecided } from "./conceal.ts";
import { decodeBounded } from "./decode-answer.ts";
import { bodylessStands, headOf, isBodyless, judgeHead } from "./judge-head.ts";
import { keepCommon } from "./kept-fields.ts";
import { upstreamFault } from "./problems.ts";
import { rewriteLink } from "./rewrite-link.ts";
import { sendHeld } from "./send-held.ts";
import { shapeAnswer } from "./shape-answer.ts";
import { unreadStands } from "./unread-answer.ts";
import { writeHead } from "./write-head.ts";

/**
 * Receives the backend's answer. One that a control must read is held, and not one byte of it leaves
 * before every control has agreed; any other streams through with back-pressure.
 */
export class ReceiveAnswer extends BoundReceiver implements RewritesLinks {
  readonly #boundary: Boundary;
  #fields: AnswerFields | undefined;
  /** The fields that leave: the backend's, and behind them the gate's. */
  #headers: string[] = [];
  #head: AnswerHead | undefined;
  #held: Buffer[] | undefined;
  /** Bytes that were held, or that nobody waits for. */
  #bytes = 0;
  /** Nobody waits for its body. */
  #over = false;

  constructor(boundary: Boundary) {
    super();
    this.#boundary = boundary;
  }

  protected takeHead(status: number, rawHeaders: string[]): void {
    const { exchange } = this.#boundary;
    exchange.answeredAt = performance.now();
    exchange.upstreamStatus = status;
    exchange.status = status;
    dress(exchange);
    const fields = readAnswerFields(rawHeaders, exchange.course.operation.fieldRules, this);
    this.#fields = fields;
    this.#headers = fields.headers;
    if (fields.mended !== undefined)
      for (const detail of fields.mended)
        exchange.decisions.observe(upstreamFault("upstream-malformed", detail));
    if (status < 200 || status > 599) fields.malformed = `status ${status}`;
    if (fields.malformed !== undefined) {
      exchange.decide(upstreamFault("upstream-malformed", fields.malformed));
      this.#refuse();
      return;
    }
    this.#head = headOf(exchange, status, fields);
    this.#judgeHead(this.#head);
  }

  protected takeData(chunk: Buffer): boolean {
    const { answer, exchange } = this.#boundary;
    const { mostAnswerBytes } = exchange.course.operation;
    if (this.#over) {
      // It comes to its end, so that its connection can be used again; but not for ever.
      this.#bytes += chunk.length;
      if (this.#bytes > mostAnswerBytes) this.#boundary.forwarding?.abort();
      return true;
    }
    exchange.answerBytes += chunk.length;
    exchange.reserved?.passed(chunk.length);
    if (this.#held === undefined) {
      if (answer.write(chunk)) return true;
      this.#boundary.once("drain", () => this.#boundary.forwarding?.resume());
      return false;
    }
    if (this.#held.length === 0) this.#held = [chunk];
    else this.#held.push(chunk);
    this.#bytes += chunk.length;
    const whole = Math.max(this.#bytes, Number(this.#fields?.length ?? 0));
    const hasRoom = roomOf(exchange).holdAnswer(Math.min(whole, mostAnswerBytes));
    if (!hasRoom && exchange.decide(noRoomForAnswer)) this.#refuse();
    else if (
      this.#bytes > mostAnswerBytes &&
      !this.#unreadStands(`the answer is larger than ${mostAnswerBytes} bytes`)
    ) {
      const held = this.#held;
      this.#held = undefined;
      this.#begin(true);
      for (const one of held) answer.write(one);
    }
    return true;
  }

  protected takeEnd(trailers: string[]): void {
    if (this.#over) return;
    if (this.#held !== undefined) {
      this.#readHeld(this.#held);
      return;
    }
    const { operation } = this.#boundary.exchange.course;
    const left = readTrailers(trailers, operation.fieldRules);
    if (left !== undefined) this.#boundary.answer.addTrailers?.(left);
    this.#endAnswer();
  }

  protected takeFault(code: UpstreamFaultCode, detail: string): void {
    if (this.#over) return;
    this.#boundary.exchange.decide(upstreamFault(code, detail));
    this.#refuse();
  }

  /** A refusal stands that was decided while the request was on its way. */
  refuse(): void {
    if (!this.#over) this.#refuse();
  }

  protected fail(fault: unknown): void {
    this.#over = true;
    this.#held = undefined;
    this.#boundary.fail(fault);
  }

  rewriteLink(link: string): string {
    return rewriteLink(this.#boundary.exchange, link);
  }

  #judgeHead(head: AnswerHead): void {
    const { exchange } = this.#boundary;
    const judged = judgeHead(exchange, head);
    if (judged === "refused" || judged === "absent") {
      this.#refuse(judged === "absent");
      return;
    }
    if (judged === "problem" || judged === "nothing") {
      this.#headers = keepCommon(this.#headers, false);
      this.#addOwnFields();
      answerInPlace(exchange, this.#boundary.answer, this.#headers, judged);
      this.#end();
      return;
    }
    if (judged === "held bare") this.#headers = keepCommon(this.#headers, true);
    this.#addOwnFields();
    if (judged === "held" || judged === "held bare") this.#held = [];
    else {
      this.#begin(judged === "passes");
      // What the backend sends behind a head that has no body does not leave.
      if (isBodyless(head.status, exchange.arrival.method)) this.#endAnswer();
    }
  }

  #addOwnFields(): void {
    const { answerFields, course } = this.#boundary.exchange;
    this.#headers.push(...course.operation.answerFields, ...answerFields);
  }

  #readHeld(held: readonly Buffer[]): void {
    const bytes = held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held);
    const { coding } = this.#fields as AnswerFields;
    this.#over = true;
    if (coding === undefined) {
      this.#release(bytes, bytes);
      return;
    }
    const { mostAnswerBytes } = this.#boundary.exchange.course.operation;
    this.#boundary.settle(
      decodeBounded(bytes, coding, mostAnswerBytes),
      (plain) => this.#release(bytes, plain),
      (fault) => this.#release(bytes, undefined, (fault as Error).message),
    );
  }

  /** @param plain the bytes that can be read; undefined with the reason why there are none */
  #release(bytes: Buffer, plain: Buffer | undefined, why = "the answer is not JSON"): void {
    const { exchange } = this.#boundary;
    const head = this.#head as AnswerHead;
    if (exchange.closed) {
      this.#end();
      return;
    }
    // Without a type there was no body to be expected.
    if (bytes.length === 0 && head.contentType === undefined) {
      if (bodylessStands(exchange, head) === undefined) this.#passOn(bytes);
      else this.#refuse();
      return;
    }
    const shaped =
      plain === undefined ? "unread" : shapeAnswer(exchange, head, plain, this.#headers);
    if (shaped === "refused") this.#refuse();
    else if (shaped !== "unread") this.#send(shaped.body, shaped.changed || plain !== bytes);
    else if (!this.#unreadStands(why)) this.#passOn(bytes);
  }

  #passOn(bytes: Buffer): void {
    this.#begin(true);
    this.#endAnswer(bytes);
  }

  #unreadStands(detail: string): boolean {
    const stands = unreadStands(this.#boundary.exchange, this.#head as AnswerHead, detail);
    if (stands) this.#refuse();
    return stands;
  }

  /** Sends the head of an answer that is passed on in the bytes it came in. */
  #begin(withLength: boolean): void {
    const { answer, exchange } = this.#boundary;
    const { coding, length } = this.#fields as AnswerFields;
    const headers = this.#headers;
    if (coding !== undefined) headers.push("Content-Encoding", coding);
    if (exchange.status === 205) headers.push("Content-Length", "0");
    else if (withLength && length !== undefined) headers.push("Content-Length", length);
    writeHead(exchange, answer, headers, true);
  }

  #send(body: Buffer, changed: boolean): void {
    const { entityTags } = this.#boundary.exchange.course.operation;
    const headers = this.#headers;
    // It was read as JSON, and so leaves as JSON.
    if (this.#head?.contentType === undefined) headers.push("Content-Type", "application/json");
    sendHeld(this.#boundary, { body, headers, changed, entityTags });
  }

  #endAnswer(bytes?: Buffer): void {
    this.#boundary.answer.end(bytes);
    this.#end();
  }

  /**
   * @param asAbsent what the backend does not have is answered as what is another's: the difference
   *   would tell which ids exist
   */
  #refuse(asAbsent = false): void {
    const { exchange, forwarding } = this.#boundary;
    this.#over = true;
    this.#held = undefined;
    if (exchange.answeredAt !== 0) forwarding?.abort();
    const { refusal } = exchange.decisions;
    if (asAbsent) answerAbsent(this.#boundary);
    else if (refusal !== undefined) answerDecided(this.#boundary, refusal);
    else this.#end();
  }

  #end(): void {
    this.#over = true;
    this.#boundary.end();
  }
}
