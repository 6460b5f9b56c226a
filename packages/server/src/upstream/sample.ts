import { steadyMs } from "@portcullis/guard/state";
import type { UpstreamRequest } from "@portcullis/guard/upstream";
import { hasStream } from "./backend.ts";
import type { TargetRoom } from "./target-room.ts";

/**
 * How long a backend takes until its answer begins, by a clock that all threads share. A body that
 * its caller still sends says nothing of the backend, and neither does a caller who goes away.
 */
export class Sample {
  readonly #operation: string;
  readonly #isTelling: boolean;
  #room: TargetRoom | undefined;
  #sentAt = 0;
  #inflight = 0;

  constructor(request: UpstreamRequest) {
    this.#operation = request.operation ?? "";
    this.#isTelling = !hasStream(request);
  }

  begin(room: TargetRoom | undefined): void {
    if (!this.#isTelling || room === undefined) return;
    this.#room = room;
    this.#sentAt = steadyMs();
    this.#inflight = room.inflight;
  }

  end(hasFailed: boolean): void {
    const room = this.#room;
    if (room === undefined) return;
    this.#room = undefined;
    const now = steadyMs();
    const [inflight, operation, sentAt] = [this.#inflight, this.#operation, this.#sentAt];
    room.note({ operation, sentAt, tookMs: now - sentAt, inflight, hasFailed }, now);
  }
}
