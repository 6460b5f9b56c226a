import { steadyMs } from "@portcullis/guard/state";
import type { webcrypto } from "node:crypto";
import type { Jwks } from "@portcullis/guard/tokens";

const mostBytes = 512 * 1024;
const timeoutMs = 5000;
const discoveryPaths = [
  "/.well-known/openid-configuration",
  "/.well-known/oauth-authorization-server",
];

/**
 * Finds an issuer's keys by OpenID Connect Discovery 1.0 or RFC 8414, and fetches them.
 *
 * @param jwksUri where the keys are, when the issuer has no discovery document
 * @throws Error in words for a person
 */
export async function fetchKeys(
  issuer: string,
  jwksUri: string | undefined,
  onTime?: (aheadMs: number) => void,
): Promise<Jwks> {
  return readJwks(await fetchJson(jwksUri ?? (await discoverJwksUri(issuer)), onTime));
}

async function discoverJwksUri(issuer: string): Promise<string> {
  const base = new URL(issuer);
  let trouble: Error | undefined;
  for (const [index, path] of discoveryPaths.entries()) {
    // RFC 8414 section 3.1 puts the well-known part before the issuer's path, OpenID Connect after
    // it.
    const url =
      index === 0
        ? `${issuer.replace(/\/$/, "")}${path}`
        : `${base.origin}${path}${base.pathname === "/" ? "" : base.pathname}`;
    try {
      const document = await fetchJson(url);
      const { issuer: named, jwks_uri: jwksUri } = document as {
        issuer?: unknown;
        jwks_uri?: unknown;
      };
      if (named !== issuer)
        throw new Error(
          `${url} is the document of ${JSON.stringify(named)}, not of ${issuer} (they must agree to the letter)`,
        );
      if (typeof jwksUri !== "string") throw new Error(`${url} names no jwks_uri`);
      return jwksUri;
    } catch (fault) {
      trouble ??= fault as Error;
    }
  }
  throw trouble ?? new Error("no discovery document");
}

/** Hosts that may be asked without TLS. */
export const loopback: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

async function fetchJson(url: string, onTime?: (aheadMs: number) => void): Promise<unknown> {
  const parsed = new URL(url);
  if (
    parsed.protocol !== "https:" &&
    !(parsed.protocol === "http:" && loopback.has(parsed.hostname))
  )
    throw new Error(`${url} is not https`);
  const response = await fetch(parsed, {
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
    headers: { Accept: "application/json" },
  }).catch((fault: unknown) => {
    const cause = (fault as { cause?: NodeJS.ErrnoException }).cause;
    throw new Error(
      `${url} cannot be reached (${cause?.code ?? cause?.message ?? (fault as Error).message})`,
    );
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status}`);
  }
  const at = Date.parse(response.headers.get("date") ?? "");
  // What a cache has kept for a while bears the time at which it was made.
  const ageSeconds = Number(response.headers.get("age") ?? 0);
  if (at + ageSeconds > 0) onTime?.(at + ageSeconds * 1000 - steadyMs());
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body) {
    bytes += part.length;
    if (bytes > mostBytes) throw new Error(`${url} is larger than ${mostBytes} bytes`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString()) as unknown;
  } catch {
    throw new Error(`${url} is not JSON`);
  }
}

function readJwks(document: unknown): Jwks {
  const keys = (document as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length === 0) throw new Error("the key document holds no keys");
  return {
    keys: keys
      .filter((key): key is webcrypto.JsonWebKey => typeof key === "object" && key !== null)
      .slice(0, 100),
  };
}
