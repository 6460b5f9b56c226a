import { Readable } from "node:stream";
import type { Arrival, Plan } from "@portcullis/guard";
import { Misuse } from "../../terminal.ts";
import { chosenSource, isTokens } from "../explain/chosen-source.ts";
import { noIssuer } from "../explain/no-issuer.ts";
import type { TestCase } from "./test-file.ts";

const lifeSeconds = 300;

/** The request of a test, as it would come from the test's caller. */
export function arrivalOf(test: TestCase, plan: Plan): Arrival {
  const [method = "", target = ""] = test.request.split(" ");
  const body = test.body === undefined ? undefined : Buffer.from(JSON.stringify(test.body));
  const host = plan.origin === undefined ? "localhost" : new URL(plan.origin).host;
  const rawHeaders = ["Host", host, ...Object.entries(test.headers ?? {}).flat()];
  if (test.as !== undefined) rawHeaders.push(...credentialOf(test.as, plan));
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

function credentialOf(claims: Readonly<Record<string, unknown>>, { controls }: Plan): string[] {
  const { authentication } = controls;
  const chosen = authentication === undefined ? undefined : chosenSource(authentication, undefined);
  const source = chosen?.places[0]?.source;
  if (chosen === undefined || source === undefined) throw new Misuse(noIssuer);
  if (!isTokens(chosen) || !chosen.main || "query" in source || "body" in source)
    throw new Misuse(
      "a test makes callers of the issuer that the policy names (identity: { issuer: ... }), " +
        "and of no other source: leave `as` out, and send the credential in `headers`.",
    );
  const { algorithms, audiences, issuer } = chosen;
  const nowSeconds = Math.floor(Date.now() / 1000);
  const times = { iat: nowSeconds, exp: nowSeconds + lifeSeconds };
  const token = [
    part({ alg: algorithms[0], typ: "at+jwt", kid: "test" }),
    part({ iss: issuer, aud: audiences[0], sub: "somebody", ...times, ...claims }),
    Buffer.alloc(64).toString("base64url"),
  ].join(".");
  if ("cookie" in source) return ["Cookie", `${source.cookie}=${token}`];
  return [source.header, source.scheme === undefined ? token : `${source.scheme} ${token}`];
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
