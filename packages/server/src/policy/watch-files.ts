import { stampsNow } from "./file-stamps.ts";

type Stamps = ReadonlyMap<string, string>;

export interface FileWatch {
  close(): void;
  /** Watches other files from here on. @param files as they were before they were read */
  retarget(files: Stamps): void;
}

/**
 * Calls back when one of the files has changed and then stood still for one interval, so that a
 * half-written file is not read. Asks the file system instead of waiting for its events: those miss
 * files that are replaced behind a symbolic link.
 *
 * @param files as they were before they were read: what was saved meanwhile is a change
 */
export function watchFiles(files: Stamps, everyMs: number, onChange: () => void): FileWatch {
  let known = files;
  let pending: Stamps | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const look = async (): Promise<void> => {
    const before = known;
    const now = await stampsNow(before.keys());
    if (isClosed || known !== before) return;
    if (same(now, known)) pending = undefined;
    else if (pending === undefined || !same(now, pending)) pending = now;
    else {
      known = now;
      pending = undefined;
      onChange();
    }
  };
  const lookLater = (): void => {
    if (!isClosed) timer = setTimeout(() => void look().finally(lookLater), everyMs).unref();
  };
  lookLater();
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
    retarget(next) {
      known = next;
      pending = undefined;
    },
  };
}

const same = (one: Stamps, other: Stamps): boolean =>
  one.size === other.size && [...one].every(([file, stamp]) => other.get(file) === stamp);
