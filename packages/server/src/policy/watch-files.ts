import { statSync } from "node:fs";

/**
 * Calls back when one of the files has changed and then stood still for one interval, so that a
 * half-written file is not read. Asks the file system instead of waiting for its events: those miss
 * files that are replaced behind a symbolic link.
 */
export function watchFiles(
  files: readonly string[],
  everyMs: number,
  onChange: () => void,
): { close(): void; retarget(files: readonly string[]): void } {
  let watched = files;
  let known = signature(watched);
  let pending: string | undefined;
  const timer = setInterval(() => {
    const now = signature(watched);
    if (now === known) {
      pending = undefined;
      return;
    }
    if (now !== pending) {
      pending = now;
      return;
    }
    known = now;
    pending = undefined;
    onChange();
  }, everyMs);
  timer.unref();
  return {
    close: () => clearInterval(timer),
    retarget(next) {
      watched = next;
      known = signature(watched);
    },
  };
}

function signature(files: readonly string[]): string {
  return files
    .map((file) => {
      try {
        const { ino, mtimeMs, size } = statSync(file);
        return `${ino} ${mtimeMs} ${size}`;
      } catch {
        return "absent";
      }
    })
    .join("\n");
}
