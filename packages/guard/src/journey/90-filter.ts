import { refuse } from "../refusal.ts";
import type { AnswerReceiver, Forwarding, UpstreamFaultCode } from "../upstream.ts";
import { answerRefusal, type Answer } from "./answer.ts";
import { sendHeld } from "./send-held.ts";
import { serializeExactly } from "./serialize-exactly.ts";
import { modeOf, stands } from "./stands.ts";
import type { AnswerContract, JourneyExchange, OperationJourney } from "./step.ts";

/** Fields of one connection, or that tell an attacker what runs behind. */
const dropped: ReadonlySet<string> = new Set(["connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "server", "x-powered-by", "x-aspnet-version", "x-runtime", "via"]);

type FieldKind = "drop" | "hsts" | "link" | "type" | "encoding" | "length" | "keep";
const special: Readonly<Record<string, FieldKind>> = { location: "link", "content-location": "link", "strict-transport-security": "hsts", "content-type": "type", "content-encoding": "encoding", "content-length": "length" };
const kinds = new Map<string, FieldKind>();

/** By the name as it was sent: a backend sends the same few, in the same spelling. */
function kindOf(sentName: string): FieldKind {
  let kind = kinds.get(sentName);
  if (kind === undefined) {
    const name = sentName.toLowerCase();
    kind = dropped.has(name) || name.startsWith("portcullis-") ? "drop" : Object.hasOwn(special, name) ? (special[name] as FieldKind) : "keep";
    if (kinds.size < 500) kinds.set(sentName, kind);
  }
  return kind;
}

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
  #contract: AnswerContract | undefined;
  #headers: string[] = [];
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
    exchange.answeredAt = performance.now();
    exchange.upstreamStatus = status;
    exchange.status = status;
    let contentType: string | undefined;
    let encoded = false;
    let length: string | undefined;
    const headers = this.#headers;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const sentName = rawHeaders[index] as string;
      const value = rawHeaders[index + 1] as string;
      switch (kindOf(sentName)) {
        case "drop":
          continue;
        case "hsts":
          if (exchange.answerHeaders.includes("Strict-Transport-Security")) continue;
          break;
        case "link":
          headers.push(sentName, this.#rules.answer.sealLink !== undefined && modeOf(exchange, this.#rules.modes, "ownership") === "enforce" ? this.#rules.answer.sealLink(value, exchange) : value);
          continue;
        case "type":
          contentType = value;
          break;
        case "encoding":
          encoded = value.toLowerCase() !== "identity";
          break;
        case "length":
          length = value;
          continue;
        case "keep":
          break;
        default:
      }
      headers.push(sentName, value);
    }
    for (const part of this.#rules.answerHeaders) headers.push(part);
    for (const part of exchange.answerHeaders) headers.push(part);

    const { answer: rules, modes } = this.#rules;
    const contract = rules.forAnswer?.(status, contentType);
    if (contract !== undefined && !contract.declared && stands(exchange, refuse("response-undeclared", { detail: `status ${status} with ${contentType ?? "no content type"}` }), modes)) {
      this.#refuse();
      return;
    }
    if (status === 404 && rules.checkOwner !== undefined && modeOf(exchange, modes, "ownership") === "enforce") {
      this.#answerAsAbsent();
      return;
    }
    const ownerMatters = rules.checkOwner !== undefined && exchange.ownerPending !== 0 && status >= 200 && status < 300;
    const contractMatters = contract !== undefined && contract.needsBody;
    const listed = rules.filterForeign !== undefined && status < 300;
    const tagged = rules.tags && status === 200 && (contentType ?? "").includes("json");
    if (noBody(status, exchange.arrival.method) && !(rules.checkOwner !== undefined && exchange.arrival.method === "HEAD" && status === 200)) {
      // An answer without a body tells whether the object exists, as its body would.
      if (ownerMatters && stands(exchange, refuse("object-not-yours", { detail: "an answer without a body does not name an owner" }), modes)) {
        this.#refuse();
        return;
      }
      if (length !== undefined && exchange.arrival.method === "HEAD") headers.push("Content-Length", length);
      this.#answer.writeHead(status, headers);
      return;
    }
    if (ownerMatters || contractMatters || tagged || listed) {
      if (encoded) {
        const unread = refuse(ownerMatters ? "object-not-yours" : "response-invalid", { detail: "the answer is encoded though plain bytes were asked for" });
        if (stands(exchange, unread, modes)) {
          this.#refuse();
          return;
        }
      } else {
        this.#contract = contractMatters ? contract : undefined;
        this.#held = [];
        return;
      }
    }
    if (length !== undefined) headers.push("Content-Length", length);
    this.#answer.writeHead(status, headers);
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
    if (this.#heldBytes > this.#rules.answer.mostBufferedBytes) this.#tooLarge();
    return true;
  }

  onEnd(trailers: string[]): void {
    if (this.#over) return;
    if (this.#held !== undefined) {
      this.#release(this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held));
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

  /** Larger than may be held: unread, so a control that must read it refuses; one that only observes lets it go on. */
  #tooLarge(): void {
    const { answer: rules, modes } = this.#rules;
    const code = rules.checkOwner !== undefined ? "object-not-yours" : "response-too-large";
    if (stands(this.#exchange, refuse(code, { detail: `the answer is larger than ${rules.mostBufferedBytes} bytes` }), modes)) {
      this.#refuse();
      return;
    }
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#answer.writeHead(this.#exchange.status, this.#headers);
    for (const chunk of held) this.#answer.write(chunk);
  }

  #release(bytes: Buffer): void {
    const exchange = this.#exchange;
    const { answer: rules, modes } = this.#rules;
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString());
    } catch {
      const unread = refuse(rules.checkOwner !== undefined ? "object-not-yours" : "response-invalid", { detail: "the answer is not JSON" });
      if (stands(exchange, unread, modes)) {
        this.#refuse();
        return;
      }
      this.#send(bytes, false);
      return;
    }
    const notYours = rules.checkOwner !== undefined && exchange.status < 300 ? rules.checkOwner(value, exchange) : undefined;
    if (notYours !== undefined && stands(exchange, notYours, modes)) {
      this.#refuse();
      return;
    }
    if (exchange.status === 200) rules.noteAnswer?.(value, exchange);
    const cut = this.#cutForeign(value);
    if (cut !== undefined) {
      ({ value } = cut);
    }
    const refilter = (exact: unknown): unknown => (cut === undefined ? exact : (rules.filterForeign?.(exact, exchange)?.value ?? exact));
    const contract = this.#contract;
    if (contract === undefined) {
      this.#send(cut === undefined ? bytes : serializeExactly(bytes, value, refilter), cut !== undefined);
      return;
    }
    let body: Buffer = bytes;
    const roles = exchange.principal?.roles ?? [];
    const disclosure = modeOf(exchange, modes, "disclosure");
    const kept = disclosure === "off" ? undefined : contract.strip(value, roles);
    if (kept !== undefined && kept.stripped.length > 0) {
      exchange.stripped = kept.stripped;
      if (disclosure === "enforce") body = serializeExactly(bytes, kept.value, (exact) => contract.strip(refilter(exact), roles)?.value ?? refilter(exact));
    }
    if (cut !== undefined && body === bytes) body = serializeExactly(bytes, value, refilter);
    const violations = contract.check(kept?.value ?? value);
    if (violations !== undefined && violations.length > 0 && stands(exchange, refuse("response-invalid", { detail: violations.map((violation) => `${violation.pointer ?? ""} ${violation.message}`).join("; ").slice(0, 500) }), modes)) {
      this.#refuse();
      return;
    }
    const seal = rules.sealFor !== undefined && contract.replaceMarked !== undefined && modeOf(exchange, modes, "ownership") === "enforce" ? rules.sealFor(exchange) : undefined;
    if (seal !== undefined) {
      const stripAgain = (exact: unknown): unknown => (disclosure === "enforce" ? (contract.strip(exact, roles)?.value ?? exact) : exact);
      const shown = disclosure === "enforce" ? (kept?.value ?? value) : value;
      const sealed = contract.replaceMarked?.(shown, seal);
      if (sealed !== shown) body = serializeExactly(bytes, sealed, (exact) => contract.replaceMarked?.(stripAgain(refilter(exact)), seal));
    }
    this.#send(body, body !== bytes);
  }

  /** A list that holds what is another's, cut to the caller's own; only told of where that is observed. */
  #cutForeign(value: unknown): { readonly value: unknown } | undefined {
    const exchange = this.#exchange;
    const { answer: rules, modes } = this.#rules;
    if (rules.filterForeign === undefined || exchange.status >= 300) return undefined;
    const found = rules.filterForeign(value, exchange);
    if (found === undefined) return undefined;
    const mode = modeOf(exchange, modes, "ownership");
    if (mode === "off") return undefined;
    (exchange.decisions ??= []).push({ refusal: refuse("object-not-yours", { detail: `${found.removed} elements of others` }), mode });
    return mode === "enforce" ? found : undefined;
  }

  #send(body: Buffer, changed: boolean): void {
    this.#over = true;
    sendHeld(this.#exchange, this.#answer, { body, headers: this.#headers, changed, tags: this.#rules.answer.tags }, () => this.#finish());
  }

  #refuse(): void {
    this.#over = true;
    this.#held = undefined;
    if (this.#exchange.answeredAt !== 0) this.forwarding?.abort();
    if (this.#exchange.refusal !== undefined) answerRefusal(this.#exchange, this.#answer, this.#exchange.refusal);
    this.#finish();
  }

  /** What the backend does not have is answered as what is another's: the difference would tell which ids exist. */
  #answerAsAbsent(): void {
    this.#over = true;
    this.forwarding?.abort();
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
