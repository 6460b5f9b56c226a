import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** How a policy names a secret: never as a literal. */
export interface SecretSource {
  readonly env?: string;
  readonly file?: string;
}

/**
 * What is named is not shown either: people write the secret itself where its name belongs.
 *
 * @throws Error in words for a person, naming `where` and never the secret
 */
export function readSecret(
  { env, file }: SecretSource,
  where: string,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  if ((env === undefined) === (file === undefined))
    throw new Error(`${where}: name one of env or file.`);
  if (env !== undefined) {
    const text = environment[env];
    if (text === undefined || text.trim() === "")
      throw new Error(`${where}: the variable that env names is not set.`);
    return text.trim();
  }
  const text = readNamed(resolve(folder, file as string), where);
  if (text === "") throw new Error(`${where}: what file names is empty.`);
  return text;
}

function readNamed(path: string, where: string): string {
  let code: string;
  try {
    return readFileSync(path, "utf8").trim();
  } catch (fault) {
    // The fault itself would show the path.
    ({ code = "unknown" } = fault as NodeJS.ErrnoException);
  }
  throw new Error(`${where}: what file names cannot be read (${code}).`);
}
