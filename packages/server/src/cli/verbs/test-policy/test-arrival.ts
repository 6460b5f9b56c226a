import { Readable } from "node:stream";
import type { Arrival, Plan } from "@portcullis/guard";
import type { TokenSource } from "@portcullis/guard/policy";
import { Misuse } from "../../terminal.ts";
import type { TestCase } from "./test-file.ts";

const lifeSeconds = 300;

type Signing = Pick<
  TokenSource,
  "audiences" | "clients" | "issuer" | "places" | "requires" | "typ"
> & { readonly clientClaims: readonly string[] };

/**
 * The request of a test, as it would come from the test's caller.
 *
 * @param source who knows that caller, by tokens; undefined where nobody is signed in
 */
export function arrivalOf(test: TestCase, plan: Plan, source: TokenSource | undefined): Arrival {
  const [method = "", target = ""] = test.request.split(" ");
  const body = test.body === undefined ? undefined : Buffer.from(JSON.stringify(test.body));
  const host = plan.origin === undefined ? "localhost" : new URL(plan.origin).host;
  const rawHeaders = ["Host", host, ...Object.entries(test.headers ?? {}).flat()];
  if (test.as !== undefined && source !== undefined)
    rawHeaders.push(...credentialOf(test.as, { ...source, clientClaims: source.claims.client }));
  if (test.acting !== undefined) rawHeaders.push(...actingFields(test.acting, plan));
  if (body !== undefined) {
    rawHeaders.push("Content-Length", String(body.length));
    if (!rawHeaders.some((name) => name.toLowerCase() === "content-type"))
      rawHeaders.push("Content-Type", "application/json");
  }
  return {
    method,
    target,
    rawHeaders,
    httpVersion: "1.1",
    peerAddress: "192.0.2.1",
    encrypted: true,
    endsWithHead: body === undefined,
    body: Readable.from(body === undefined ? [] : [body]),
  };
}

function actingFields(
  { for: subject, reason = "a test" }: NonNullable<TestCase["acting"]>,
  { controls: { impersonation } }: Plan,
): string[] {
  if (impersonation?.header === undefined)
    throw new Misuse(
      "the policy names no header by which anybody acts for others: leave `acting` out.",
    );
  return [impersonation.header, subject, impersonation.reason, reason];
}

function credentialOf(
  claims: Readonly<Record<string, unknown>>,
  { audiences, clientClaims, clients, issuer, places, requires, typ }: Signing,
): string[] {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const payload: Record<string, unknown> = {
    iss: issuer,
    aud: audiences[0],
    sub: "somebody",
    iat: nowSeconds,
    exp: nowSeconds + lifeSeconds,
    ...claims,
  };
  // What every token of the source says, a test need not repeat.
  if (clients[0] !== undefined) putAt(payload, clientClaims[0] ?? "/client_id", clients[0]);
  for (const [place, [value = ""]] of Object.entries(requires))
    putAt(payload, place, value === "*" ? "test" : value);
  const token = [
    part({ alg: "ES256", typ: typ === "at+jwt" ? "at+jwt" : "JWT", kid: "test" }),
    part(payload),
    Buffer.alloc(64).toString("base64url"),
  ].join(".");
  const [{ source }] = places as readonly [Signing["places"][number]];
  if ("cookie" in source) return ["Cookie", `${source.cookie}=${token}`];
  if (!("header" in source)) throw new Misuse("the token has no header field to stand in.");
  return [source.header, source.scheme === undefined ? token : `${source.scheme} ${token}`];
}

/** Puts a value where a claim stands, by name or JSON pointer, unless something is there. */
function putAt(payload: Record<string, unknown>, place: string, value: unknown): void {
  const names = place.startsWith("/") ? place.slice(1).split("/") : [place];
  let at = payload;
  for (const name of names.slice(0, -1)) {
    const next = at[name.replaceAll("~1", "/").replaceAll("~0", "~")];
    if (typeof next !== "object" || next === null) at[name] = {};
    at = at[name] as Record<string, unknown>;
  }
  at[(names.at(-1) as string).replaceAll("~1", "/").replaceAll("~0", "~")] ??= value;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
