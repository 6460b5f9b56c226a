import { constants, type ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { Allowance } from "./allowance.ts";
import type { ListenerBounds } from "./bounds.ts";
import type { Crowding } from "./crowds.ts";
import { Pace } from "./pace.ts";
import type { Underway } from "./underway.ts";

/** What a socket's handle tells of the system's part. Node's own time limits read it too. */
interface Handle {
  readonly bytesRead?: number;
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
}

/** GOAWAY before the end: streams that are on their way are still served (RFC 9113 section 6.8). */
const everyStream = 2 ** 31 - 1;

const farewellMs = 250;

/** One connection: what is underway on it, and since when nothing is. */
export class Connection {
  readonly raw: Socket;
  /** Each at its slot: a set that every request enters and leaves would keep those that are over. */
  readonly #underway: Underway[] = [];
  /** Whom its requests count for; undefined where a proxy says that of each. */
  crowding: Crowding | undefined;
  /** Among whom it makes room while it is idle; undefined where it need not. */
  idleGroup: Set<Connection> | undefined;
  /** The socket that speaks HTTP: over TLS another one than the raw one. */
  socket: Socket;
  session: ServerHttp2Session | undefined;
  isUpgraded = false;
  /** Whether the other end of HTTP/2 has begun to speak it. */
  hasSpoken = false;
  readonly #bounds: ListenerBounds;
  readonly #pace: Pace;
  readonly #controlFrames: Allowance;
  #idleSince: number;
  #headSince: number | undefined;
  #readBefore = 0;
  #takenBefore = 0;
  #isAway = false;
  #isCalmed = false;
  #isEstablished: boolean;

  constructor(raw: Socket, bounds: ListenerBounds, encrypted: boolean) {
    this.raw = raw;
    this.socket = raw;
    this.#bounds = bounds;
    this.#pace = new Pace(bounds);
    this.#controlFrames = new Allowance(bounds.controlFrames, performance.now());
    this.#isEstablished = !encrypted;
    this.#idleSince = performance.now();
  }

  get isIdle(): boolean {
    return this.#underway.length === 0 && !this.isUpgraded;
  }

  /** Whether nothing was underway since then. */
  rests(since: number): boolean {
    return this.isIdle && this.#idleSince <= since;
  }

  /** It speaks HTTP/2. */
  speak(session: ServerHttp2Session): void {
    this.session = session;
    const onControlFrame = (): void => {
      this.hasSpoken = true;
      if (!this.#controlFrames.take(performance.now())) this.calmDown();
    };
    session.on("remoteSettings", onControlFrame).on("ping", onControlFrame);
  }

  /** Ends a session whose caller asks for work that serves nobody, and says so. */
  calmDown(): void {
    if (this.session?.destroyed !== false || this.#isCalmed) return;
    this.#isCalmed = true;
    this.session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    // What still comes would make the system take the last word back.
    setTimeout(() => this.destroy(), farewellMs).unref();
  }

  /** TLS stands: what comes from here on is HTTP. */
  establish(socket: Socket): void {
    this.socket = socket;
    this.#isEstablished = true;
    this.#rest();
  }

  begin(one: Underway): void {
    one.slot = this.#underway.length;
    this.#underway.push(one);
    this.#headSince = undefined;
  }

  end(one: Underway): void {
    const last = this.#underway.pop();
    if (last !== undefined && last !== one) {
      this.#underway[one.slot] = last;
      last.slot = one.slot;
    }
    if (this.#underway.length === 0) this.#rest();
  }

  /** No further request is asked for on this connection; those that come are still served. */
  goAway(): void {
    for (const one of this.#underway) one.endsConnection();
    if (this.session === undefined || this.#isAway || this.session.destroyed) return;
    this.#isAway = true;
    this.session.goaway(constants.NGHTTP2_NO_ERROR, everyStream);
  }

  destroy(): void {
    this.session?.destroy();
    this.socket.destroy();
    this.raw.destroy();
  }

  /**
   * Holds the caller to its bounds.
   *
   * @returns what the connection as a whole is to be ended for
   */
  watch(elapsedMs: number, now: number): "slow" | "head" | "idle" | undefined {
    const taken = this.#taken();
    const bytes = taken - this.#takenBefore;
    this.#takenBefore = taken;
    const { writeQueueSize = 0 } = this.#handle();
    const due = writeQueueSize > 0 || this.socket.writableLength > 0;
    if (this.#pace.isSlow(due, bytes, elapsedMs)) return "slow";
    // Bytes of a handshake are no head, and a fault of it is answered to nobody.
    if (!this.#isEstablished)
      return now - this.#idleSince > this.#bounds.handshakeMs ? "idle" : undefined;
    if (!this.isIdle) {
      this.#watchRequests(bytes, elapsedMs);
      return undefined;
    }
    return this.session === undefined ? this.#watchHead(now) : this.#watchSession(now);
  }

  #watchRequests(bytes: number, elapsedMs: number): void {
    let due = 0;
    for (const one of this.#underway) if (one.isAnswerDue) due += 1;
    for (const one of this.#underway)
      if (one.sendsSlowly(elapsedMs) || one.takesSlowly(bytes / Math.max(1, due), elapsedMs))
        one.reset();
  }

  /** Of HTTP/1.1. That no byte comes at all is the parser's to see. */
  #watchHead(now: number): "head" | undefined {
    if ((this.#handle().bytesRead ?? 0) <= this.#readBefore) return undefined;
    this.#headSince ??= now;
    return now - this.#headSince > this.#bounds.headMs ? "head" : undefined;
  }

  /** Pings do not keep a session on which nothing is asked, and half a head is no request. */
  #watchSession(now: number): "idle" | undefined {
    const { firstByteMs, headMs, idleMs } = this.#bounds;
    const idleForMs = now - this.#idleSince;
    if (!this.hasSpoken && idleForMs > firstByteMs) return "idle";
    if (idleForMs <= idleMs) return undefined;
    if (this.session?.closed === false) this.session.close();
    return idleForMs > idleMs + headMs ? "idle" : undefined;
  }

  #rest(): void {
    this.#idleSince = performance.now();
    this.#headSince = undefined;
    this.#readBefore = this.#handle().bytesRead ?? 0;
  }

  #taken(): number {
    const { bytesWritten = 0, writeQueueSize = 0 } = this.#handle();
    return bytesWritten - writeQueueSize;
  }

  #handle(): Handle {
    return (this.raw as unknown as { readonly _handle?: Handle | null })._handle ?? {};
  }
}
