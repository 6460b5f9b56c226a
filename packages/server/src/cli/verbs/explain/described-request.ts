import { Readable } from "node:stream";
import type { Arrival, Plan } from "@portcullis/guard";
import { list, text } from "../../sources.ts";
import { chosenSource } from "./chosen-source.ts";
import { Misuse } from "../../terminal.ts";
import { noIssuer } from "./no-issuer.ts";
import type { Command } from "../../verb.ts";

export interface Described {
  readonly method: string;
  readonly target: string;
  /** The access token, which is put where the policy's callers put it. */
  readonly token: string | undefined;
  readonly plan: Plan;
  readonly values: Command["values"];
}

/** The request that was described at the command line, as it would come from this machine. */
export function describedRequest({ method, plan, target, token, values }: Described): Arrival {
  const rawHeaders = ["Host", "localhost"];
  for (const header of list(values["header"])) {
    const colon = header.indexOf(":");
    if (colon < 1)
      throw new Misuse(
        `--header ${JSON.stringify(header)} is not a header field; expected 'Name: value'.`,
      );
    rawHeaders.push(header.slice(0, colon).trim(), header.slice(colon + 1).trim());
  }
  if (token !== undefined) rawHeaders.push(...credentialField(plan, token));
  const body = Buffer.from(text(values["body"]) ?? "");
  if (body.length > 0) {
    rawHeaders.push("Content-Length", String(body.length));
    if (!rawHeaders.some((name) => name.toLowerCase() === "content-type"))
      rawHeaders.push("Content-Type", "application/json");
  }
  return {
    method,
    target,
    rawHeaders,
    httpVersion: "1.1",
    peerAddress: "127.0.0.1",
    encrypted: true,
    endsWithHead: false,
    body: Readable.from(body.length === 0 ? [] : [body]),
  };
}

function credentialField({ controls }: Plan, token: string): readonly string[] {
  const { authentication } = controls;
  const source =
    authentication === undefined
      ? undefined
      : chosenSource(authentication, token)?.places[0]?.source;
  if (source === undefined) throw new Misuse(noIssuer);
  if ("query" in source)
    throw new Misuse(`the credential sits in the query: write it there (?${source.query}=...).`);
  if ("body" in source)
    throw new Misuse(`the credential sits in the body: write it there (--body, ${source.body}).`);
  if ("cookie" in source) return ["Cookie", `${source.cookie}=${token}`];
  const { header, scheme } = source;
  return [header, scheme === undefined ? token : `${scheme} ${token}`];
}
