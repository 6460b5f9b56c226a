import { setTimeout } from "node:timers/promises";
import type { Entrance } from "./console-entry.ts";
import type { LineWriter } from "../watch/line-writer.ts";

/** How long the last records are waited for. */
const lastRecordsMs = 500;
const lastKeptMs = 700;
const lastExportedMs = 700;

/** A program that serves. */
export interface Running extends Partial<Entrance> {
  readonly port: number;
  readonly adminPort: number;
  readonly cleartextPort: number | undefined;
  readonly adminTokenFile: string;
  readonly authorityFile: string | undefined;
  readonly threads: number;
  /** Resolves when the new plan serves on every thread, or was refused. */
  reload(): Promise<boolean>;
  close(times: LeavingTimes): Promise<void>;
}

export interface LeavingTimes {
  /**
   * How long everything is served still after `/readyz` says no: balancers ask it every few seconds,
   * and send callers here until then. Ends early when `hurry` is aborted.
   */
  readonly lameDuckMs: number;
  /** How long requests in flight may take after no more connections are taken. */
  readonly drainMs: number;
  readonly hurry?: AbortSignal;
}

/** What has to be closed, as far as it was opened. */
export interface Open {
  readonly files: { close(): void };
  readonly certificate: { close(): void };
  readonly fleet: {
    tell(message: { readonly kind: "lame" }): void;
    stop(drainMs: number): Promise<void>;
    terminate(): Promise<void>;
  };
  /** What keeps others from the ports. */
  readonly ports: { release(): void };
  readonly provenance: { close(): Promise<void> };
  readonly attacks: { close(): Promise<void> };
  readonly exporting: { end(withinMs: number): Promise<void> };
  /** Undefined where there is no store. */
  readonly auditChain: { close(): Promise<void> } | undefined;
  readonly issuer: { close(): Promise<void> };
  /** Undefined where nobody can sign in to it. */
  readonly console: { close(): Promise<void> } | undefined;
  readonly writer: Pick<LineWriter, "end">;
  /** Undefined where no records are kept beside the newest. */
  readonly kept: { end(withinMs: number): Promise<number> } | undefined;
  readonly say: (message: string) => void;
  cleartext?: { close(): Promise<void> } | undefined;
  admin?: { close(): Promise<void> } | undefined;
}

/**
 * Requests in flight may end first: the issuer is closed after the gate threads, which forward to
 * it, and the admin server after both, so that the end can be watched. The last records are made when
 * the gate threads end; nothing that hangs after them keeps those from being written.
 */
export async function close(
  open: Open,
  { drainMs, hurry, lameDuckMs }: LeavingTimes,
): Promise<void> {
  open.files.close();
  open.certificate.close();
  open.fleet.tell({ kind: "lame" });
  // An abort is no fault: it means that nobody waits for a balancer.
  await setTimeout(lameDuckMs, undefined, { signal: hurry }).catch(() => undefined);
  await open.cleartext?.close();
  const stopped = open.fleet.stop(drainMs);
  // Listeners close first: whoever comes next need not wait for the requests in flight.
  open.ports.release();
  await stopped;
  const ended = open.writer.end(lastRecordsMs).then((lost) => {
    if (lost > 0) open.say(`${lost} records were not written`);
  });
  // It has files to close, and is ended where it takes longer; what it has kept stays kept.
  const kept = open.kept?.end(lastKeptMs).then((lost) => {
    if (lost > 0) open.say(`${lost} records were not kept`);
  });
  const exported = open.exporting.end(lastExportedMs);
  await open.provenance.close();
  await open.attacks.close();
  await open.auditChain?.close();
  await open.issuer.close();
  await open.admin?.close();
  await open.console?.close();
  await ended;
  await kept;
  await exported;
}

/** What was opened of a start that failed. */
export async function abandon(open: Open): Promise<void> {
  open.files.close();
  open.certificate.close();
  await open.cleartext?.close();
  await open.admin?.close();
  await open.console?.close();
  await open.attacks.close();
  await open.auditChain?.close();
  await open.issuer.close();
  await open.fleet.terminate();
  await open.kept?.end(0);
  await open.exporting.end(0);
  open.ports.release();
}
