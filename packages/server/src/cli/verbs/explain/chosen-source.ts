import { decodeJwt } from "jose";
import type { AuthenticationPlan, SourcePlan, TokenSource } from "@portcullis/guard/policy";

/** The source whose credential is described: that which the token itself names, or the first. */
export function chosenSource(
  { sources }: AuthenticationPlan,
  token: string | undefined,
): SourcePlan | undefined {
  const issuer = issuerOf(token);
  return (
    sources.find((source) => source.kind === "token" && source.issuer === issuer) ??
    (token === undefined || issuer !== undefined ? sources.find(isTokens) : undefined) ??
    sources[0]
  );
}

export const isTokens = (source: SourcePlan): source is TokenSource => source.kind === "token";

function issuerOf(token: string | undefined): string | undefined {
  try {
    return token === undefined ? undefined : decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}
