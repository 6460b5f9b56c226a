import { readdirSync, readFileSync, rmSync } from "node:fs";

/** Sends a signal to every process of a group, its leader too. */
export function endGroup(leader: number, signal: NodeJS.Signals): void {
  end(-leader, signal);
}

/**
 * Ends by force every process that has this setting in its environment, except this one. A browser
 * leaves its starter's process group, and is found by this. On Linux only: elsewhere a process does
 * not show its environment, and none is found.
 */
export function endMarked(name: string, value: string): void {
  const setting = `${name}=${value}`;
  for (const entry of entriesOf("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    if (environmentOf(pid).includes(setting)) end(pid, "SIGKILL");
  }
}

/** Removes a folder in which a process that is just ending may still write. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (fault) {
    // It has ended already.
    if ((fault as NodeJS.ErrnoException).code !== "ESRCH") throw fault;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    // It has just ended, or is another user's.
    return [];
  }
}
