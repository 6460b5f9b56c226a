import type { Severity } from "../detectors/evidence.ts";
import type { Change, Incident } from "../incidents/incident.ts";
import { Delivery, type DeliveryCounts, type Sink } from "./delivery.ts";
import type { Mutes } from "./mutes.ts";
import { Notifying } from "./notifying.ts";
import type { Posted } from "./post-notice.ts";

/** Somebody who is told, and of what. */
export interface Alert extends Sink {
  readonly minSeverity: Severity;
}

interface Told {
  readonly delivery: Delivery;
  readonly notifying: Notifying;
}

/** Tells of incidents whoever the policy names. Never throws, and nothing waits for it. */
export class Alerting {
  readonly #mutes: Mutes;
  readonly #now: () => number;
  readonly #say: (message: string) => void;
  #setting = "";
  #all: readonly Told[] = [];

  /** @param now milliseconds since 1970 */
  constructor(mutes: Mutes, now: () => number, say: (message: string) => void) {
    this.#mutes = mutes;
    this.#now = now;
    this.#say = say;
  }

  /** A changed policy; what waits for a sink that is not named any more is tried once more. */
  use(alerts: readonly Alert[]): void {
    const setting = JSON.stringify(alerts);
    if (setting === this.#setting) return;
    this.#setting = setting;
    void Promise.all(this.#all.map(({ delivery }) => delivery.close()));
    this.#all = alerts.map((alert) => {
      const delivery = new Delivery(alert, this.#now, this.#say);
      const notifying = new Notifying({
        minSeverity: alert.minSeverity,
        send: (notice) => delivery.add(notice),
        isMuted: (incident, nowMs) => this.#mutes.isMuted(incident, nowMs),
      });
      return { delivery, notifying };
    });
  }

  /** @param isUrgent the policy wants it told at once */
  hear(incident: Incident, change: Change, isUrgent: boolean): void {
    const nowMs = this.#now();
    for (const { notifying } of this.#all) notifying.hear(incident, change, nowMs, isUrgent);
  }

  turn(nowMs: number): void {
    for (const { notifying } of this.#all) notifying.turn(nowMs);
  }

  /** Sends everybody a notice that says it is a test, and tells what became of it. */
  test(): Promise<readonly ({ readonly to: string } & Posted)[]> {
    return Promise.all(
      this.#all.map(async ({ delivery }) => ({
        to: delivery.name,
        ...(await delivery.try({ type: "test" })),
      })),
    );
  }

  counts(): Readonly<Record<string, DeliveryCounts>> {
    return Object.fromEntries(this.#all.map(({ delivery }) => [delivery.name, delivery.counts]));
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(({ delivery }) => delivery.close()));
  }
}
