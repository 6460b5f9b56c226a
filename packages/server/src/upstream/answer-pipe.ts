import type { Dispatcher } from "undici";
import type { AnswerReceiver, Forwarding } from "@portcullis/guard/upstream";

/**
 * Turns undici's callbacks into the port's, once each and in order; an aborted request says nothing
 * more.
 */
export class AnswerPipe implements Dispatcher.DispatchHandler, Forwarding {
  readonly #receiver: AnswerReceiver;
  #controller: Dispatcher.DispatchController | undefined;
  #answeredHook: (() => void) | undefined;
  #endHook: ((error: Error | undefined, answered: boolean) => void) | undefined;
  #answered = false;
  aborted = false;

  constructor(receiver: AnswerReceiver) {
    this.#receiver = receiver;
  }

  /** Called before each attempt. */
  begin(
    onAnswered: () => void,
    onEnd: (error: Error | undefined, answered: boolean) => void,
  ): void {
    this.#answeredHook = onAnswered;
    this.#endHook = onEnd;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.aborted) controller.abort(new Error("the caller has gone"));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    this.#answered = true;
    this.#answeredHook?.();
    this.#receiver.onHead(status, flat(controller.rawHeaders));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#receiver.onData(chunk)) controller.pause();
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.#endHook?.(undefined, true);
    this.#receiver.onEnd(flat(controller.rawTrailers));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#endHook?.(error, this.#answered);
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    this.aborted = true;
    this.#controller?.abort(new Error("the caller has gone"));
  }
}

function flat(raw: Buffer[] | string[] | Record<string, unknown> | null | undefined): string[] {
  if (!Array.isArray(raw)) return [];
  // Field values are bytes, not UTF-8 (RFC 9110 section 5.5): latin1 keeps each as it came.
  return raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
}
