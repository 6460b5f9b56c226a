import { isUtf8 } from "node:buffer";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { maySend } from "./close-codes.ts";
import { type FrameHead, FrameReader, type FrameSink, opcodes } from "./frame-reader.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { HeldBytes } from "./held-bytes.ts";
import type { MessageCheck } from "./message-check.ts";
import { boundProblems, problems } from "./problems.ts";

/** What holds for the messages of one direction. */
export interface FlowRules {
  /** `caller`: its frames must be masked, and the backend's must not. */
  readonly from: "caller" | "backend";
  readonly mostBytes: number;
  /** Judges messages by the document; undefined where no schema describes them. */
  readonly check: MessageCheck | undefined;
  /** Counts one more message; undefined where nothing is counted. */
  readonly count: (() => Refusal | undefined) | undefined;
}

export interface FlowEvents {
  /** True when the refusal stands: then nothing more of this direction is read. */
  readonly decide: (refusal: Refusal) => boolean;
  /** The end has said that it is done, by this code. */
  readonly closed: (code: number | undefined) => void;
}

/** Small frames cost as much as large ones: nobody needs so many for one message. */
const mostFragments = 1024;

/**
 * The messages of one direction: read whole, judged, and written anew as one frame each. A message
 * that is too large and only observed is passed on in pieces, as its bytes come.
 */
export class MessageFlow implements FrameSink {
  readonly #rules: FlowRules;
  readonly #events: FlowEvents;
  readonly #to: FrameWriter;
  readonly #reader: FrameReader;
  readonly #held = new HeldBytes();
  messages = 0;
  /** The message's; 0 between messages. */
  #opcode = 0;
  #bytes = 0;
  #fragments = 0;
  #frame: FrameHead | undefined;
  /** The payload of a message of one frame, where it came in one piece: it need not be copied. */
  #whole: Buffer | undefined;
  /** Reads on a text that is passed on in pieces; `true` where it is no text. */
  #streamed: TextDecoder | true | undefined;

  constructor(rules: FlowRules, to: FrameWriter, events: FlowEvents) {
    this.#rules = rules;
    this.#to = to;
    this.#events = events;
    this.#reader = new FrameReader(rules.from === "caller", this);
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  stop(): void {
    this.#reader.stop();
    this.#held.take();
    this.#whole = undefined;
  }

  onHead(frame: FrameHead): void {
    const { final, length, opcode } = frame;
    if ((opcode === opcodes.continuation) !== (this.#opcode !== 0)) {
      this.onMalformed(
        opcode === opcodes.continuation
          ? "a continuation follows no beginning"
          : "a message begins within another",
      );
      return;
    }
    this.#frame = frame;
    if (opcode !== opcodes.continuation) {
      if (this.#stopsBy(this.#rules.count?.())) return;
      this.#opcode = opcode;
      this.#bytes = 0;
      this.#fragments = 0;
    }
    this.#bytes += length;
    this.#fragments += 1;
    const { mostBytes } = this.#rules;
    if (this.#streamed !== undefined) return;
    if (this.#bytes > mostBytes) this.#tooLarge(`more than ${mostBytes} bytes`);
    else if (this.#fragments > mostFragments && !final)
      this.#tooLarge(`more than ${mostFragments} fragments`);
  }

  onPayload(part: Buffer): void {
    const frame = this.#frame as FrameHead;
    if (this.#streamed !== undefined) this.#passPiece(part, false);
    else if (frame.final && this.#fragments === 1 && part.length === frame.length)
      this.#whole = part;
    else this.#held.add(part);
  }

  onFrameEnd({ final }: FrameHead): void {
    if (!final) return;
    const opcode = this.#opcode;
    this.#opcode = 0;
    this.messages += 1;
    if (this.#streamed !== undefined) {
      this.#passPiece(nothing, true);
      this.#streamed = undefined;
      return;
    }
    const bytes = this.#whole ?? this.#held.take();
    this.#whole = undefined;
    if (opcode === opcodes.text && !isUtf8(bytes)) {
      this.#stopsBy(notText);
      return;
    }
    if (this.#stopsBy(this.#rules.check?.judge(bytes, opcode === opcodes.text))) return;
    this.#to.write(opcode, bytes);
  }

  onControl(opcode: number, payload: Buffer): void {
    if (opcode === opcodes.close) {
      const fault = closeFault(payload);
      if (fault !== undefined) {
        this.onMalformed(fault);
        return;
      }
      if (!isUtf8(payload.subarray(2))) {
        this.#stopsBy(notText);
        return;
      }
      // What follows a close frame is no message (RFC 6455 section 5.5.1).
      this.stop();
      const code = payload.length === 0 ? undefined : payload.readUInt16BE(0);
      this.#to.write(opcode, payload);
      this.#events.closed(code);
      return;
    }
    if (!this.#stopsBy(this.#rules.count?.())) this.#to.write(opcode, payload);
  }

  onMalformed(detail: string): void {
    this.#stopsBy(
      refuse(problems["frame-malformed"], { detail: `of the ${this.#rules.from}: ${detail}` }),
    );
  }

  #tooLarge(detail: string): void {
    const refusal = refuse(boundProblems["message-too-large"], {
      detail: `of the ${this.#rules.from}: ${detail}`,
    });
    if (this.#stopsBy(refusal) || this.#stopsBy(this.#rules.check?.unread)) return;
    const isText = this.#opcode === opcodes.text;
    this.#streamed = isText ? new TextDecoder("utf-8", { fatal: true }) : true;
    this.#passPiece(this.#held.take(), false);
  }

  /** The first piece has the message's opcode, and every later one continues it. */
  #passPiece(part: Buffer, final: boolean): void {
    if (this.#streamed instanceof TextDecoder && !decodes(this.#streamed, part, final)) {
      this.#stopsBy(notText);
      return;
    }
    this.#to.write(this.#begun ? opcodes.continuation : this.#opcode, part, final);
    this.#begun = !final;
  }
  #begun = false;

  #stopsBy(refusal: Refusal | undefined): boolean {
    if (refusal === undefined || !this.#events.decide(refusal)) return false;
    this.stop();
    return true;
  }
}

const nothing = Buffer.alloc(0);
const notText = refuse(problems["message-not-text"]);

function decodes(decoder: TextDecoder, part: Buffer, final: boolean): boolean {
  try {
    decoder.decode(part, { stream: !final });
    return true;
  } catch {
    return false;
  }
}

/** RFC 6455 section 5.5.1: a code of two bytes before the reason, or nothing. */
function closeFault(payload: Buffer): string | undefined {
  if (payload.length === 0) return undefined;
  if (payload.length === 1) return "a close frame holds half a code";
  const code = payload.readUInt16BE(0);
  if (!maySend(code)) return `a close frame holds the code ${code}`;
  return undefined;
}
