import type { Sent } from "../../packages/server/src/watch/detectors/staged-traffic.ts";

const most = 5;
const withinMs = 10 * 60_000;

/** The rule that fail2ban ships: five failures of one address within ten minutes. */
export class Fail2ban {
  readonly banned = new Set<string>();
  readonly #failures = new Map<string, number[]>();
  firstMs: number | undefined;

  note(atMs: number, address: string, { outcome, role }: Sent): void {
    if (role !== "sign-in" || outcome !== "failure") return;
    const recent = (this.#failures.get(address) ?? []).filter((one) => atMs - one < withinMs);
    recent.push(atMs);
    this.#failures.set(address, recent);
    if (recent.length < most) return;
    this.banned.add(address);
    this.firstMs ??= atMs;
  }
}
