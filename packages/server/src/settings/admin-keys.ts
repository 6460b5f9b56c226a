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
  tls: optional(adminTls, "The certificate of the admin port; without it, it speaks no TLS."),
  exposed: optional(
    flag,
    "Whether other machines may reach the admin port; says that a host beyond loopback is meant.",
  ),
});

interface AdminSetting {
  readonly host?: string;
  readonly tls?: { readonly cert?: string; readonly key?: string };
  readonly exposed?: boolean;
}

/** What nobody but this machine reaches. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/** Whoever reaches the admin port and has its credential rules the gate. */
export function adminFaults(
  { exposed = false, host, tls }: AdminSetting,
  note: (path: readonly string[], message: string, rest: { readonly mend: string }) => void,
): void {
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
