import type { Carrying } from "../controls/switching.ts";

const lookEveryMs = 500;

/**
 * The connections of a gate that have left HTTP. They outlast the plan under which they were
 * opened; what must end by time, or because a token is not believed any more, does within half a
 * second.
 */
export class OpenTunnels {
  readonly #open = new Set<Carrying>();
  #looking: NodeJS.Timeout | undefined;
  #leaving = false;

  add(carrying: Carrying): void {
    if (this.#leaving) {
      carrying.goAway();
      return;
    }
    this.#open.add(carrying);
    this.#looking ??= setInterval(() => this.#look(), lookEveryMs).unref();
  }

  delete(carrying: Carrying): void {
    this.#open.delete(carrying);
    if (this.#open.size > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  /** The gate is stopping. */
  goAway(): void {
    this.#leaving = true;
    for (const carrying of this.#open) carrying.goAway();
  }

  #look(): void {
    for (const carrying of this.#open) carrying.look();
  }
}
