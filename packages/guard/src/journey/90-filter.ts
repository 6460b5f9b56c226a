import { refuse } from "../refusal.ts";
import type { AnswerReceiver, Forwarding, UpstreamFaultCode } from "../upstream.ts";
import { type AnswerFields, readAnswerFields } from "./answer-fields.ts";
import { answerRefusal, type Answer } from "./answer.ts";
import { decodeBounded } from "./decode-answer.ts";
import { answerDecided, answerHidden, saysAbsent } from "./hide-existence.ts";
import { sendHeld } from "./send-held.ts";
import { sealsIds, shapeAnswer } from "./shape-answer.ts";
import { modeOf, stands } from "./stands.ts";
import type { AnswerContract, JourneyExchange, OperationJourney } from "./step.ts";

const noBody = (status: number, method: string): boolean => method === "HEAD" || status === 204 || status === 304 || status < 200;

/**
 * Step 90. What may leave. An answer that a control must read is held, up to a bound, and not one byte of it leaves before
 * every control has agreed; any other streams through with back-pressure.
 */
export class AnswerFilter implements AnswerReceiver {
  readonly #exchange: JourneyExchange;
  readonly #rules: OperationJourney;
  readonly #answer: Answer;
  readonly #finished: (exchange: JourneyExchange) => void;
  #fields: AnswerFields | undefined;
  #contract: AnswerContract | undefined;
  #held: Buffer[] | undefined;
  #heldBytes = 0;
  #over = false;
  forwarding: Forwarding | undefined;

  constructor(exchange: JourneyExchange, rules: OperationJourney, answer: Answer, finished: (exchange: JourneyExchange) => void) {
    this.#exchange = exchange;
    this.#rules = rules;
    this.#answer = answer;
    this.#finished = finished;
  }

  onHead(status: number, rawHeaders: string[]): void {
    const exchange = this.#exchange;
    const { answer: rules, answerHeaders, modes } = this.#rules;
    exchange.answeredAt = performance.now();
    exchange.upstreamStatus = status;
    exchange.status = status;
    const { sealLink } = rules;
    const fields = readAnswerFields(rawHeaders, exchange, sealLink !== undefined && modeOf(exchange, modes, "ownership") === "enforce" ? (link) => sealLink(link, exchange) : undefined);
    this.#fields = fields;
    for (const part of answerHeaders) fields.headers.push(part);
    for (const part of exchange.answerHeaders) fields.headers.push(part);

    // Before the contract: a 404 that the document does not declare would be told from another's object.
    if (this.#mustHide(status)) return this.#answerAsAbsent();
    const contract = rules.forAnswer?.(status, fields.contentType);
    if (contract !== undefined && !contract.declared && stands(exchange, refuse("response-undeclared", { detail: `status ${status} with ${fields.contentType ?? "no content type"}` }), modes)) return this.#refuse();
    const successful = status >= 200 && status < 300;
    const ownerMatters = rules.checkOwner !== undefined && exchange.ownerPending !== 0 && successful;
    const askedAsGet = rules.checkOwner !== undefined && exchange.arrival.method === "HEAD" && status === 200;
    if (noBody(status, exchange.arrival.method) && !askedAsGet) {
      // An answer without a body tells whether the object exists, as its body would.
      if (ownerMatters && stands(exchange, refuse("object-not-yours", { detail: "an answer without a body does not name an owner" }), modes)) return this.#refuse();
      return this.#begin(exchange.arrival.method === "HEAD");
    }
    const contractMatters = contract !== undefined && contract.needsBody;
    const listMatters = rules.filterForeign !== undefined && successful;
    const tagMatters = rules.tags && status === 200 && (fields.contentType ?? "").includes("json");
    const shownMatters = rules.noteShown !== undefined && successful && (fields.contentType ?? "").includes("json");
    if (!ownerMatters && !contractMatters && !listMatters && !tagMatters && !shownMatters) return this.#begin(true);
    this.#contract = contractMatters ? contract : undefined;
    this.#held = [];
    return undefined;
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
    const { mostBufferedBytes } = this.#rules.answer;
    if (this.#heldBytes > mostBufferedBytes && !this.#unreadStands(`the answer is larger than ${mostBufferedBytes} bytes`)) {
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
      const bytes = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held);
      const coding = this.#fields?.coding;
      this.#over = true;
      if (coding === undefined) this.#release(bytes, bytes);
      else decodeBounded(bytes, coding, this.#rules.answer.mostBufferedBytes).then((plain) => this.#release(bytes, plain), (fault: unknown) => this.#release(bytes, undefined, (fault as Error).message));
      return;
    }
    if (trailers.length > 0 && this.#answer.addTrailers !== undefined) {
      const pairs: [string, string][] = [];
      for (let index = 0; index < trailers.length; index += 2) pairs.push([trailers[index] as string, trailers[index + 1] as string]);
      this.#answer.addTrailers(pairs);
    }
    this.#answer.end();
    this.#finish();
  }

  onFault(code: UpstreamFaultCode, detail: string): void {
    if (this.#over) return;
    const refusal = refuse(code, code === "upstream-malformed" ? { detail } : { detail, retryAfterSeconds: 1 });
    stands(this.#exchange, refusal, this.#rules.modes);
    this.#refuse();
  }

  /** @param plain the bytes that can be read; undefined with the reason why there are none */
  #release(bytes: Buffer, plain: Buffer | undefined, why = "the answer is not JSON"): void {
    const exchange = this.#exchange;
    if (exchange.closed) return this.#finish();
    const shaped = plain === undefined ? "unread" : shapeAnswer(exchange, this.#rules, this.#contract, plain);
    if (shaped === "refused") return this.#refuse();
    if (shaped !== "unread") return this.#send(shaped.body, shaped.changed || plain !== bytes);
    if (this.#unreadStands(why)) return undefined;
    // Only observed: it leaves as it came.
    this.#begin(true);
    this.#answer.end(bytes);
    return this.#finish();
  }

  /** An answer that must be read and cannot be. Each control that needs it says so, and its own mode decides; true when one stood. */
  #unreadStands(detail: string): boolean {
    const exchange = this.#exchange;
    const { answer: rules, modes } = this.#rules;
    const ownership = exchange.ownerPending !== 0 || rules.filterForeign !== undefined || sealsIds(exchange, modes, rules, this.#contract);
    const codes = [...(ownership ? (["object-not-yours"] as const) : []), ...(this.#contract === undefined ? [] : (["response-unreadable", "response-invalid"] as const))];
    for (const code of codes) {
      if (!stands(exchange, refuse(code, { detail }), modes)) continue;
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
    sendHeld(this.#exchange, this.#answer, { body, headers: (this.#fields as AnswerFields).headers, changed, tags: this.#rules.answer.tags }, () => this.#finish());
  }

  #refuse(): void {
    this.#over = true;
    this.#held = undefined;
    if (this.#exchange.answeredAt !== 0) this.forwarding?.abort();
    const { refusal } = this.#exchange;
    if (refusal === undefined) this.#finish();
    else answerDecided(this.#exchange, this.#answer, refusal, this.#rules.hideStepMs, () => this.#finish());
  }

  #mustHide(status: number): boolean {
    const { answer: { checkOwner }, hideStepMs, modes } = this.#rules;
    if (hideStepMs === undefined ? status !== 404 || checkOwner === undefined : !saysAbsent(status)) return false;
    return modeOf(this.#exchange, modes, "ownership") === "enforce";
  }

  /** What the backend does not have is answered as what is another's: the difference would tell which ids exist. */
  #answerAsAbsent(): void {
    this.#over = true;
    this.forwarding?.abort();
    const { hideStepMs } = this.#rules;
    if (hideStepMs !== undefined) return answerHidden(this.#exchange, this.#answer, hideStepMs, () => this.#finish());
    answerRefusal(this.#exchange, this.#answer, refuse("object-not-yours"));
    this.#exchange.refusal = undefined;
    this.#finish();
  }

  #finish(): void {
    this.#over = true;
    this.#rules.answer.afterWrite?.(this.#exchange.path);
    this.#finished(this.#exchange);
  }
}
