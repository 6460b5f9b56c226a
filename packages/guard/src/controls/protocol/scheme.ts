/**
 * What `X-Forwarded-Proto` of a trusted proxy says of the way from the app: `https` only where every
 * proxy on it says so, because a token that was sent in the clear once has been seen. Undefined
 * where nothing is said.
 */
export function saidScheme(forwardedProto: string | undefined): "http" | "https" | undefined {
  if (forwardedProto === undefined || forwardedProto.trim() === "") return undefined;
  return forwardedProto.split(",").every((part) => encrypted.has(part.trim().toLowerCase()))
    ? "https"
    : "http";
}

/** Some proxies name a WebSocket's scheme for its handshake. */
const encrypted: ReadonlySet<string> = new Set(["https", "wss"]);
