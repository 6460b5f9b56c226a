/**
 * Why an app may not be sent back to an address (RFC 8252 section 7): claimed https, loopback, or a
 * scheme of the app's own domain in reverse; web apps https only, and loopback while they are made.
 * Undefined when it may.
 */
export function redirectFault(
  uri: string,
  kind: "native" | "web",
): { readonly why: string; readonly expected: string } | undefined {
  const parsed = URL.parse(uri);
  if (parsed === null || uri.includes("#") || uri.includes("*"))
    return {
      why: "is not an address without a fragment or a star",
      expected: "https://app.example.com/signed-in or com.example.app:/signed-in",
    };
  if (parsed.username !== "" || parsed.password !== "")
    return { why: "carries a user", expected: "an address without one" };
  if (parsed.protocol === "https:") return undefined;
  if (parsed.protocol === "http:")
    return ["127.0.0.1", "[::1]", "localhost"].includes(parsed.hostname)
      ? undefined
      : { why: "is not encrypted", expected: "https, or loopback on the device itself" };
  if (kind === "web") return { why: "is no address of a web app", expected: "https://..." };
  return parsed.protocol.includes(".")
    ? undefined
    : {
        why: "has a scheme that any app could claim",
        expected: "a scheme of your own domain in reverse, such as com.example.app:/signed-in",
      };
}
