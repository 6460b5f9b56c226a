import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Misuse } from "./terminal.ts";

/**
 * What a running gate's admin API answers.
 *
 * @param directory where the gate keeps its credential
 * @throws Misuse in words for a person
 */
export async function askAdmin<T>(admin: string, directory: string, path: string): Promise<T> {
  const file = join(directory, "admin-token");
  let token: string;
  try {
    token = readFileSync(file, "utf8").trim();
  } catch {
    throw new Misuse(
      `the running gate's credential is not at ${file}. Say where it lies with --directory.`,
    );
  }
  const response = await fetch(new URL(path, admin), {
    headers: { Authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(5000),
  }).catch((fault: unknown) => {
    throw new Misuse(
      `no gate answers at ${admin} (${(fault as Error).message}). Start it with 'portcullis up', or say where it is with --admin.`,
    );
  });
  if (!response.ok)
    throw new Misuse(`${admin} answered ${response.status}: is ${file} that gate's credential?`);
  return (await response.json()) as T;
}
