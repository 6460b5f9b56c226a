import { readPairs } from "../../reading/query-pairs.ts";
import type { CredentialSource } from "./find-credential.ts";

/** The fields without the credential, for backends that are told who calls and no more. */
export function withoutCredential(fields: readonly string[], source: CredentialSource): string[] {
  const kept: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    const value = withoutIt(name.toLowerCase(), fields[index + 1] as string, source);
    if (value !== undefined) kept.push(name, value);
  }
  return kept;
}

/** Undefined where nothing is left of the field. */
function withoutIt(name: string, value: string, source: CredentialSource): string | undefined {
  if ("query" in source || "body" in source) return value;
  if ("header" in source) return name === source.header.toLowerCase() ? undefined : value;
  if (name !== "cookie") return value;
  const kept = value
    .split(";")
    .filter((part) => part.split("=", 1)[0]?.trim() !== source.cookie)
    .join(";")
    .trim();
  return kept === "" ? undefined : kept;
}

const mostPairs = 1000;

/** The query without one parameter, in whichever spelling its name came; the rest as it was. */
export function withoutParameter(query: string, parameter: string): string {
  return query
    .split("&")
    .filter((part) => readPairs(part, mostPairs)?.[0]?.name !== parameter)
    .join("&");
}
