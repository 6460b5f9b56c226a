import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Misuse } from "./terminal.ts";

/**
 * What a running gate's admin API answers.
 *
 * @param directory where the gate keeps its credential
 * @throws Misuse in words for a person
 */
export async function askAdmin<T>(
  admin: string,
  directory: string,
  path: string,
  change: {
    readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
    readonly body?: unknown;
    /** For the audit, in words. */
    readonly why?: string | undefined;
  } = {},
): Promise<T> {
  const file = join(directory, "admin-token");
  let token: string;
  try {
    token = readFileSync(file, "utf8").trim();
  } catch {
    throw new Misuse(
      `the running gate's credential is not at ${file}. Say where it lies with --directory.`,
    );
  }
  const { body, method = "GET", why } = change;
  const response = await fetch(new URL(path, admin), {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(why === undefined ? {} : { "Portcullis-Why": encodeURIComponent(why) }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  }).catch((fault: unknown) => {
    throw new Misuse(
      `no gate answers at ${admin} (${(fault as Error).message}). Start it with 'portcullis up', or say where it is with --admin.`,
    );
  });
  const isProblem = response.headers.get("content-type")?.includes("problem+json") === true;
  if (isProblem && response.status !== 401) {
    const { detail, title } = (await response.json()) as Readonly<Record<string, string>>;
    throw new Misuse(`${title}${detail === undefined ? "" : `: ${detail}`}`);
  }
  if (!response.ok)
    throw new Misuse(`${admin} answered ${response.status}: is ${file} that gate's credential?`);
  return (await response.json()) as T;
}
