import type { Operation } from "@portcullis/guard/documents";
import { readSecret } from "../../../keys/read-secret.ts";
import { Misuse } from "../../terminal.ts";
import type { Environment } from "../../verb.ts";
import type { Asker, Carried, Told } from "./asker.ts";
import { nameOf, textOfId } from "./harvest.ts";
import type { Person } from "./person-file.ts";

/** A test person who has signed in. */
export interface SignedIn {
  readonly carried: Carried;
  /** What the gate knows of them: the token's own claims, what whoami says, what the file says. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface SignInAt {
  readonly asker: Asker;
  readonly operations: readonly Operation[];
  /** Where relative paths of the person's file begin. */
  readonly folder: string;
  readonly environment: Environment;
}

/** @throws Misuse in words for a person, without the credential */
export async function signIn(person: Person, file: string, at: SignInAt): Promise<SignedIn> {
  const credential = await credentialOf(person, file, at);
  const carried = carry(person, credential);
  const told = person.whoami === undefined ? {} : await whoami(person.whoami, carried, file, at);
  const claims = { ...claimsOf(credential), ...told, ...person.claims };
  if (
    textOfId((claims as Record<string, unknown>)["sub"]) === undefined &&
    Object.keys(claims).length === 0
  )
    throw new Misuse(
      `${file}: nothing says who this person is. The credential is no signed token; ` +
        "name the GET that tells: whoami: { operation: getMe, sub: /id }, or say it: claims: { sub: ... }",
    );
  return { carried, claims };
}

async function credentialOf(person: Person, file: string, at: SignInAt): Promise<string> {
  const { signIn: how, token } = person;
  if (how === undefined)
    return readNamedSecret(token as NonNullable<Person["token"]>, `${file}, token`, at);
  const operation = find(how.operation, at.operations, file);
  if (operation.method !== "POST" || operation.pathTemplate.includes("{"))
    throw new Misuse(`${file}: '${how.operation}' is no POST without parameters in its path`);
  const told = await at.asker.post(operation.pathTemplate, withSecrets(how.body ?? {}, file, at));
  const found = told.status < 300 ? taken(how.credential, told) : undefined;
  if (found === undefined)
    throw new Misuse(
      `${file}: '${how.operation}' was answered ${told.status}, and the answer has no credential at ${how.credential}`,
    );
  return found;
}

function taken(place: string, { cookies, json }: Told): string | undefined {
  if (!place.startsWith("/")) {
    const name = `${place.slice("cookie ".length)}=`;
    return cookies
      .find((one) => one.startsWith(name))
      ?.slice(name.length)
      .split(";")[0];
  }
  return textOfId(valueAt(json, place));
}

export function valueAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const token of pointer.slice(1).split("/")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, token)) return undefined;
    at = (at as Record<string, unknown>)[token];
  }
  return at;
}

function carry({ credential: place = {} }: Person, credential: string): Carried {
  const { cookie, header, query, scheme } = place;
  if (query !== undefined) return { headers: {}, query: { [query]: credential } };
  if (cookie !== undefined) return { headers: { Cookie: `${cookie}=${credential}` }, query: {} };
  const word =
    scheme ??
    (header === undefined || header.toLowerCase() === "authorization" ? "Bearer" : undefined);
  const value = word === undefined ? credential : `${word} ${credential}`;
  return { headers: { [header ?? "Authorization"]: value }, query: {} };
}

async function whoami(
  { operation: name, sub }: NonNullable<Person["whoami"]>,
  carried: Carried,
  file: string,
  { asker, operations }: SignInAt,
): Promise<Readonly<Record<string, unknown>>> {
  const { json, status } = await asker.get(find(name, operations, file).pathTemplate, carried);
  const subject = textOfId(valueAt(json, sub));
  if (status !== 200 || subject === undefined)
    throw new Misuse(`${file}: '${name}' was answered ${status}, and names nobody at ${sub}`);
  return { ...(json as Record<string, unknown>), sub: subject };
}

/** What a signed token says of its bearer, unverified: the backend has just given it. */
function claimsOf(credential: string): Readonly<Record<string, unknown>> {
  const [, payload, signature, more] = credential.split(".");
  if (payload === undefined || signature === undefined || more !== undefined) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function withSecrets(value: unknown, file: string, at: SignInAt): unknown {
  if (Array.isArray(value)) return value.map((one) => withSecrets(one, file, at));
  if (typeof value !== "object" || value === null) return value;
  const [[key, held] = [], another] = Object.entries(value);
  if ((key === "env" || key === "file") && typeof held === "string" && another === undefined)
    return readNamedSecret({ [key]: held }, `${file}, signIn`, at);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, withSecrets(one, file, at)]),
  );
}

function readNamedSecret(
  source: { readonly env?: string; readonly file?: string },
  where: string,
  { environment, folder }: SignInAt,
): string {
  try {
    return readSecret(source, where, folder, environment);
  } catch (fault) {
    throw new Misuse((fault as Error).message);
  }
}

function find(name: string, operations: readonly Operation[], file: string): Operation {
  const found = operations.find((one) => nameOf(one) === name || one.key === name);
  if (found === undefined) throw new Misuse(`${file}: there is no operation '${name}'`);
  return found;
}
