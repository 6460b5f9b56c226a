import { isIP } from "node:net";
import { flag, integer, object, optional, text, withheld } from "@portcullis/guard/policy-shapes";

const adminTls = object({
  cert: optional(text("a certificate's path"), "The certificate chain of the admin port, PEM."),
  key: optional(withheld(text("a key's path")), "The private key of this certificate, PEM."),
});

export const adminKeys = object({
  host: optional(
    text("an address such as 127.0.0.1 or 10.0.0.5"),
    "The address of the admin port (127.0.0.1); another than loopback needs tls and exposed.",
  ),
  port: optional(integer(0, 65_535), "The admin port (9443)."),
  url: optional(
    text("an address such as https://console.example.com:9443"),
    "Where people find the console (https or http, localhost and the admin port); passkeys hold for its name.",
  ),
  tls: optional(adminTls, "The certificate of the admin port; without it, it speaks no TLS."),
  exposed: optional(
    flag,
    "Whether other machines may reach the admin port; says that a host beyond loopback is meant.",
  ),
});

interface AdminSetting {
  readonly host?: string;
  readonly url?: string;
  readonly tls?: { readonly cert?: string; readonly key?: string };
  readonly exposed?: boolean;
}

/** By the name that is its own, or one below it (RFC 6761 section 6.3). */
const isLocalName = (name: string): boolean => name === "localhost" || name.endsWith(".localhost");

/** Why people cannot sign in at this address; undefined where they can. */
function urlFault(url: string): { readonly message: string; readonly mend: string } | undefined {
  const example = "admin: { url: https://console.example.com:9443 }";
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || !/^[^?#]+$/.test(url))
    return {
      message: `'${url}' is no address of a console`,
      mend: `Write one such as: ${example}`,
    };
  if (parsed.pathname !== "/" || parsed.username !== "" || parsed.password !== "")
    return {
      message: "the console has its name and port to itself",
      mend: `Leave the path and the user out, such as: ${example}`,
    };
  if (isIP(parsed.hostname.replace(/^\[(.*)\]$/, "$1")) !== 0)
    return {
      message: `passkeys hold for a name, and '${parsed.hostname}' is a number`,
      mend: `Give it a name: ${example}`,
    };
  if (parsed.protocol === "http:" && !isLocalName(parsed.hostname))
    return {
      message: "whoever is on the way would take over who signs in without encryption",
      mend: `Use https, or http://localhost with a tunnel: ${example}`,
    };
  return undefined;
}

/** What nobody but this machine reaches. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/** Whoever reaches the admin port and has its credential rules the gate. */
export function adminFaults(
  { exposed = false, host, tls, url }: AdminSetting,
  note: (path: readonly string[], message: string, rest: { readonly mend: string }) => void,
): void {
  const fault = url === undefined ? undefined : urlFault(url);
  if (fault !== undefined) note(["admin", "url"], fault.message, fault);
  if (tls !== undefined && (tls.cert === undefined || tls.key === undefined))
    note(["admin", "tls"], "a certificate needs its key, and a key its certificate", {
      mend: "Name both: admin: { tls: { cert: ./admin.crt, key: ./admin.key } }",
    });
  if (host === undefined || isLoopback(host)) return;
  if (tls === undefined)
    note(["admin", "host"], "other machines would send the admin's credential unencrypted", {
      mend: "Name a certificate: admin: { tls: { cert: ./admin.crt, key: ./admin.key } }",
    });
  if (!exposed)
    note(["admin", "host"], "other machines would reach the admin port, which rules the gate", {
      mend: "Say that it is meant: admin: { exposed: true }, or listen on 127.0.0.1",
    });
}
