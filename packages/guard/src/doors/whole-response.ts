import { ServerResponse, STATUS_CODES } from "node:http";
import { atEndOfTurn, type Leaving } from "../ports/end-of-turn.ts";
import { isFieldValue } from "../reading/field-value.ts";
import { httpDate } from "./http-date.ts";

/** What node:http keeps of a head that it has put together itself. */
interface PutTogether {
  _header: string | null;
  readonly _keepAliveTimeout?: number;
  readonly _maxRequestsPerSocket?: number | null;
  readonly maxRequestsOnConnectionReached?: boolean;
}

/** Such a body is copied behind its head: copying it costs less than another write. */
const mostJoinedBytes = 16_384;
const noBody: ReadonlySet<number> = new Set([204, 304]);
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const mostBeginnings = 1000;
const longestBeginning = 100;
/** By the name of a field, how its line begins; of names that are none, nothing. */
const beginnings = new Map<string, string>();

function beginningOf(name: string): string | undefined {
  const known = beginnings.get(name);
  if (known !== undefined) return known;
  if (!token.test(name)) return undefined;
  const beginning = `${name}: `;
  if (beginnings.size < mostBeginnings && name.length <= longestBeginning)
    beginnings.set(name, beginning);
  return beginning;
}

/**
 * A response of node:http. An answer that is whole is written as one text at the end of the turn:
 * its head is put together here, because node:http looks at each field several times. Every other
 * answer leaves as node:http would send it, and so does one of which anything is unusual.
 */
export class WholeResponse extends ServerResponse implements Leaving {
  #body: Buffer | string = "";
  #whenClosed: (() => void)[] | undefined;

  /** Who waits for its end is kept beside the events, which cost more than the rest of waiting. */
  override once(event: string | symbol, listener: (...values: unknown[]) => void): this {
    if (event !== "close") return super.once(event, listener);
    const waiting = this.#whenClosed;
    if (waiting === undefined) this.#whenClosed = [listener];
    else waiting.push(listener);
    return this;
  }

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event === "close") this.#tellClosed();
    // Without a listener, a fault of writing would end the thread.
    else if (event === "error" && this.listenerCount(event) === 0) return true;
    return super.emit(event, ...values);
  }

  #tellClosed(): void {
    const waiting = this.#whenClosed;
    this.#whenClosed = undefined;
    if (waiting !== undefined) for (const listener of waiting) listener();
  }

  writeWhole(status: number, headers: string[], body: Buffer | string | undefined): void {
    const head = body === undefined ? undefined : headOf(this, status, headers);
    if (body === undefined || head === undefined) {
      this.writeHead(status, headers);
      this.end(body);
      return;
    }
    this.statusCode = status;
    (this as unknown as PutTogether)._header = head;
    this.#body = joinable(body);
    atEndOfTurn(this);
  }

  leave(): void {
    const body = this.#body;
    this.#body = "";
    if (this.destroyed) return;
    try {
      if (typeof body === "string") this.end(body, "latin1");
      else this.end(body);
    } catch {
      this.destroy();
    }
  }
}

/** Node joins a text with the head into one write; bytes would be a second one. */
function joinable(body: Buffer | string): Buffer | string {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  return bytes.length <= mostJoinedBytes ? bytes.toString("latin1") : bytes;
}

/** Undefined where anything of it is for node:http to judge. */
function headOf(
  response: WholeResponse,
  status: number,
  headers: readonly string[],
): string | undefined {
  const { req, shouldKeepAlive } = response;
  const kept = response as unknown as PutTogether;
  if (
    !shouldKeepAlive ||
    req.httpVersion !== "1.1" ||
    kept._header !== null ||
    kept.maxRequestsOnConnectionReached === true ||
    (kept._maxRequestsPerSocket ?? 0) !== 0 ||
    noBody.has(status)
  )
    return undefined;
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "unknown"}\r\n`;
  let lengths = 0;
  let isDated = false;
  let values = "";
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    const beginning = beginningOf(name);
    if (beginning === undefined) return undefined;
    values += value;
    const { length } = name;
    if (length === 14 || length === 4) {
      const lower = name.toLowerCase();
      if (lower === "date") isDated = true;
      else if (lower === "content-length") lengths += 1;
    } else if (isOfConnection(name)) return undefined;
    head += beginning + value + "\r\n";
  }
  // All at once: looking at each costs more than looking.
  if (lengths !== 1 || !isFieldValue(values)) return undefined;
  if (!isDated) head += `Date: ${httpDate()}\r\n`;
  return `${head}${keepingLines(kept._keepAliveTimeout ?? 0)}\r\n`;
}

const ofConnection: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "trailer",
  "expect",
  "upgrade",
]);

/** By length first: most names are looked at no further. */
function isOfConnection(name: string): boolean {
  const { length } = name;
  return (
    (length === 6 || length === 7 || length === 10 || length === 17) &&
    ofConnection.has(name.toLowerCase())
  );
}

let keptMs = 0;
let lines = "Connection: keep-alive\r\n";

/** How long the connection is kept, as node:http says it. */
function keepingLines(timeoutMs: number): string {
  if (timeoutMs !== keptMs) {
    keptMs = timeoutMs;
    lines =
      timeoutMs > 0
        ? `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(timeoutMs / 1000)}\r\n`
        : "Connection: keep-alive\r\n";
  }
  return lines;
}
