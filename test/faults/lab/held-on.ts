import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { StartedGate } from "../../../examples/harbour/gate.ts";
import { ask, startSlowGate } from "../slow-gate.ts";
import type { Attack } from "./attackers.ts";

const most = { slowReaders: 400, slowBodies: 400, zeroWindows: { sessions: 4, streams: 100 } };
const atOnce = 4;
const quietMs = 10_000;
/** More than two of the times after which stalled callers are cut. */
const loadedMs = 70_000;

interface Measured {
  readonly served: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly others: Readonly<Record<string, number>>;
}

/** Honest callers, each on a connection of its own, for a while. */
async function honest(gate: StartedGate, forMs: number, pauseMs: number): Promise<Measured> {
  const times: number[] = [];
  const others: Record<string, number> = {};
  const until = performance.now() + forMs;
  const one = async (): Promise<void> => {
    while (performance.now() < until) {
      const began = performance.now();
      const end = await ask(gate);
      if (end === 200) times.push(performance.now() - began);
      else others[end] = (others[end] ?? 0) + 1;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(times[Math.floor(times.length * share)] ?? Number.NaN);
  return { served: times.length, p50Ms: at(0.5), p99Ms: at(0.99), others };
}

/**
 * 400 slow readers, 400 slow bodies and 4 x 100 zero windows at once, for more than two of the
 * times after which stalled callers are cut: of honest callers at least 99 of 100 are served.
 */
export async function heldOn(): Promise<void> {
  const { close, gate } = await startSlowGate("", { connections: 128 });
  const quiet = await honest(gate, quietMs, 20);
  console.log("unloaded", quiet);
  const attack: Attack = { port: gate.port, ca: gate.ca, ...most };
  const attackers = new Worker(new URL("./attackers.ts", import.meta.url), { workerData: attack });
  try {
    await once(attackers, "message");
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const loaded = await honest(gate, loadedMs, 100);
    console.log("loaded  ", loaded);
    console.log(`p99 is ${(loaded.p99Ms / quiet.p99Ms).toFixed(1)} times the unloaded one`);
    const asked = Object.values(loaded.others).reduce((sum, count) => sum + count, loaded.served);
    assert.ok(loaded.served >= 0.99 * asked, `${loaded.served} of ${asked} were served`);
  } finally {
    await attackers.terminate();
    close();
  }
}
