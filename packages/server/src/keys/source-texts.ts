import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  type BelievedText,
  readApiKeyFile,
  readBelieved,
  secretFault,
} from "@portcullis/guard/tokens";
import type { Policy } from "../policy/program-policy.ts";
import { readSecret } from "./read-secret.ts";

type Source = NonNullable<NonNullable<Policy["identity"]>["sources"]>[string];
type Environment = Readonly<Record<string, string | undefined>>;

/** Under which the secret stands that a source exchanges tokens with: no source has a dot. */
export const exchangeText = (source: string): string => `${source}.exchange`;

/**
 * What stands in the secrets and files of the sources of callers, by the source's name: for the
 * gate threads, which read no files.
 *
 * @throws Error in words for a person; a secret is never shown
 */
export function readSourceTexts(
  { identity }: Pick<Policy, "identity">,
  folder: string,
  environment: Environment,
): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, source] of Object.entries(identity?.sources ?? {})) {
    const text = textOf(source, `identity.sources.${name}`, folder, environment);
    if (text !== undefined) texts[name] = text;
    const exchanging = source.exchange?.clientSecret;
    if (exchanging !== undefined)
      texts[exchangeText(name)] = readSecret(
        exchanging,
        `identity.sources.${name}.exchange.clientSecret`,
        folder,
        environment,
      );
  }
  return texts;
}

function textOf(
  { certificate, introspect, jwks, jwt, keys }: Source,
  where: string,
  folder: string,
  environment: Environment,
): string | undefined {
  if (jwt !== undefined) {
    const text = readSecret(jwt.secret, `${where}.jwt.secret`, folder, environment);
    const fault = secretFault(jwt.algorithm, text, jwt.shortBecause !== undefined);
    if (fault !== undefined) throw new Error(`${where}.jwt.secret: ${fault}`);
    return text;
  }
  if (certificate !== undefined) return readCertificates(certificate, where, folder);
  if (keys !== undefined) return readKeys(resolve(folder, keys.file), where);
  if (jwks?.file !== undefined) return readJwks(resolve(folder, jwks.file), where);
  return introspect?.clientSecret === undefined
    ? undefined
    : readSecret(introspect.clientSecret, `${where}.introspect.clientSecret`, folder, environment);
}

function readKeys(file: string, where: string): string {
  const { faults, keys } = readApiKeyFile(file);
  const [fault] = faults;
  if (keys !== undefined) return JSON.stringify(keys);
  throw new Error(
    `${where}.keys: ${fault?.file ?? file}:${fault?.line ?? 1} ${fault?.message ?? "it cannot be read"}` +
      "\nMake the file and its first key with: portcullis keys issue SUBJECT",
  );
}

/** Authorities first, so that a fault is said of the file that has it. */
function readCertificates(
  { authority, intermediates, revoked = [] }: NonNullable<Source["certificate"]>,
  where: string,
  folder: string,
): string {
  let read: BelievedText = { authorities: "", intermediates: "", lists: [] };
  const add = (key: string, file: string, more: (bytes: Buffer) => BelievedText): void => {
    const path = resolve(folder, file);
    try {
      read = more(readFileSync(path));
      const { authorities, intermediates: between } = readBelieved(read);
      if ((key === "intermediates" ? between : authorities).length === 0)
        throw new RangeError("it holds no certificate (PEM)");
    } catch (fault) {
      throw new Error(`${where}.certificate.${key}: ${path}: ${(fault as Error).message}`, {
        cause: fault,
      });
    }
  };
  add("authority", authority, (bytes) => ({ ...read, authorities: bytes.toString("latin1") }));
  if (intermediates !== undefined)
    add("intermediates", intermediates, (bytes) => ({
      ...read,
      intermediates: bytes.toString("latin1"),
    }));
  for (const file of revoked)
    add("revoked", file, (bytes) => ({
      ...read,
      lists: [...read.lists, bytes.toString("base64")],
    }));
  return JSON.stringify(read);
}

function readJwks(file: string, where: string): string {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    const { keys } = value as { readonly keys?: unknown };
    if (Array.isArray(keys) && keys.length > 0) return JSON.stringify({ keys });
  } catch (fault) {
    throw new Error(`${where}.jwks: ${file} cannot be read (${(fault as Error).message})`, {
      cause: fault,
    });
  }
  throw new Error(`${where}.jwks: ${file} holds no keys (expected: { "keys": [...] })`);
}
