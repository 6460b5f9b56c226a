import type { AskExchange, ExchangePlan } from "@portcullis/guard/tokens";

const timeoutMs = 5000;
const mostBytes = 65_536;
/** Where the answer does not say how long the token is good (RFC 8693 section 2.2.1). */
const unsaidSeconds = 60;
/** RFC 6750 section 2.1. */
const bearerForm = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Asks a token endpoint for a token for the backend, in place of the caller's (RFC 8693). */
export function createTokenExchange(
  { audience, clientId, resource, scope, url }: ExchangePlan,
  clientSecret: string | undefined,
): AskExchange {
  const headers: Record<string, string> = {
    "Content-Type": "application/x-www-form-urlencoded",
    Accept: "application/json",
  };
  // RFC 6749 section 2.3.1: both are encoded as in a form before they are joined.
  if (clientSecret !== undefined)
    headers["Authorization"] = `Basic ${Buffer.from(
      `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`,
    ).toString("base64")}`;
  const asked = {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
    requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
    ...(clientSecret === undefined ? { client_id: clientId } : {}),
    ...(audience === undefined ? {} : { audience }),
    ...(resource === undefined ? {} : { resource }),
    ...(scope === undefined ? {} : { scope }),
  };
  return async (token) => {
    try {
      const response = await fetch(url, {
        method: "POST",
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
        headers,
        body: new URLSearchParams({ ...asked, subject_token: token }).toString(),
      });
      const text = await response.text();
      if (response.status >= 500) return { failed: `the exchange answered ${response.status}` };
      if (response.status !== 200) return { refused: `the exchange answered ${response.status}` };
      if (text.length > mostBytes) return { refused: `it answered more than ${mostBytes} bytes` };
      return readAnswer(JSON.parse(text));
    } catch (fault) {
      return { failed: `the exchange failed (${(fault as Error).name})` };
    }
  };
}

function readAnswer(answer: unknown): Awaited<ReturnType<AskExchange>> {
  const {
    access_token: token,
    expires_in: life = unsaidSeconds,
    token_type: kind,
  } = (typeof answer === "object" && answer !== null ? answer : {}) as Record<string, unknown>;
  if (typeof token !== "string" || !bearerForm.test(token))
    return { refused: "the exchange answered without a token" };
  // A token that is bound to a key of the gate's would need a proof with every request.
  if (typeof kind !== "string" || kind.toLowerCase() !== "bearer")
    return { refused: "the exchange answered a token of another type than Bearer" };
  return typeof life === "number" && life > 0
    ? { token, lifeSeconds: life }
    : { refused: "the exchange answered a token that has ended" };
}
