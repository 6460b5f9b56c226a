import type { AskIntrospection, IntrospectSource } from "@portcullis/guard/tokens";

const timeoutMs = 5000;
const mostBytes = 65_536;

/** Asks an introspection endpoint about a token (RFC 7662), as the client that the policy names. */
export function createIntrospection(
  { clientId, url }: Pick<IntrospectSource, "clientId" | "url">,
  clientSecret: string | undefined,
): AskIntrospection {
  const headers: Record<string, string> = {
    "Content-Type": "application/x-www-form-urlencoded",
    Accept: "application/json",
  };
  // RFC 6749 section 2.3.1: both are encoded as in a form before they are joined.
  if (clientId !== undefined && clientSecret !== undefined)
    headers["Authorization"] = `Basic ${Buffer.from(
      `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`,
    ).toString("base64")}`;
  return async (token) => {
    try {
      const response = await fetch(url, {
        method: "POST",
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
        headers,
        body: new URLSearchParams({ token }).toString(),
      });
      const text = await response.text();
      if (response.status !== 200) return { failed: `introspection answered ${response.status}` };
      if (text.length > mostBytes) return { failed: `it answered more than ${mostBytes} bytes` };
      const answer: unknown = JSON.parse(text);
      return typeof answer === "object" && answer !== null && !Array.isArray(answer)
        ? { answer: answer as Readonly<Record<string, unknown>> }
        : { failed: "introspection answered what is no JSON object" };
    } catch (fault) {
      return { failed: `introspection failed (${(fault as Error).name})` };
    }
  };
}
