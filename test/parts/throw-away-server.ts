import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { PartMissing } from "./part.ts";

/** A server that was started for one run of the tests, and keeps nothing. */
export interface ThrowAwayServer {
  readonly url: string;
  /** Of the process, for who must stop it for a while. */
  readonly pid: number;
  close(): Promise<void>;
}

const askEveryMs = 50;
const endMs = 5000;

/** The end of what a process wrote, for the person who must know why it did not start. */
export function saidBy(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (part: string) => (text = (text + part).slice(-600)));
  return () => text.trim();
}

/** Whether a process has written some words by now, however much it has written since. */
export function hasSaid(child: ChildProcess, words: string): () => Promise<boolean> {
  let end = "";
  let isSaid = false;
  child.stdout?.setEncoding("utf8").on("data", (part: string) => {
    isSaid ||= (end + part).includes(words);
    end = part.slice(-words.length);
  });
  return () => Promise.resolve(isSaid);
}

/**
 * Waits until a server that was just started answers.
 *
 * @throws PartMissing when it ends, or does not answer in time; it is ended then
 */
export async function untilAnswering(
  child: ChildProcess,
  answers: () => Promise<boolean>,
  timeoutMs: number,
  said: () => string,
): Promise<void> {
  let fault: Error | undefined;
  child.once("error", (error) => (fault = error));
  const deadline = performance.now() + timeoutMs;
  while (!(await answers())) {
    if (fault !== undefined || hasEnded(child) || performance.now() > deadline) {
      await endProcess(child, "SIGKILL");
      throw new PartMissing(`did not start: ${fault?.message ?? said()}`);
    }
    await sleep(askEveryMs);
  }
}

/** Ends a process with a signal, and by force where that is not heard within five seconds. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill(signal);
  const force = setTimeout(() => child.kill("SIGKILL"), endMs);
  await ended;
  clearTimeout(force);
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;
