import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where servers lie that an ordinary user's PATH does not name. */
const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/**
 * The first of these programs that can be started, as a path; undefined where there is none.
 *
 * @param folders places to look in before PATH
 */
export function findProgram(
  names: readonly string[],
  folders: readonly string[] = [],
): string | undefined {
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const name of names)
    for (const folder of [...folders, ...path, ...systemFolders]) {
      const file = join(folder, name);
      if (isExecutable(file)) return file;
    }
  return undefined;
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
