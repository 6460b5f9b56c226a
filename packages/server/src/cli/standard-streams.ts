import { type FaultCounts, faultWords } from "../watch/fault-counts.ts";

/** `portcullis check | head`: who reads has seen enough. */
const endWithReader = (fault: NodeJS.ErrnoException): void =>
  process.exit(fault.code === "EPIPE" ? 0 : 2);
const ignore = (): void => undefined;

/** Messages for people that wait at most; beyond it, a new one is left out. */
const mostWaitingBytes = 1024 * 1024;

/** A command of a moment ends with whoever reads it. */
export function endWithReaders(): void {
  process.stdout.on("error", endWithReader);
  process.stderr.on("error", ignore);
}

/**
 * What serves outlives whoever reads it, and whatever goes wrong beside the requests: an `error`
 * that nobody listens to would end the process, and with it everybody's connections.
 */
export function outliveFaults(faults: FaultCounts, say: (message: string) => void): void {
  const onStream = (): void => faults.note("output");
  const onFault = (fault: unknown): void => {
    faults.note("control");
    say(`something failed beside the requests, and serving goes on: ${faultWords(fault)}`);
  };
  process.stdout.off("error", endWithReader).on("error", onStream);
  process.stderr.off("error", ignore).on("error", onStream);
  process.on("uncaughtException", onFault);
  process.on("unhandledRejection", onFault);
}

/** Writes for a person. What nobody reads must not fill the memory. */
export function writeMessage(text: string): void {
  if (process.stderr.writableLength < mostWaitingBytes) process.stderr.write(`${text}\n`);
}
