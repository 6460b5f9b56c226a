import { object, optional } from "./object-shape.ts";
import { list, oneOrMore, type Read, text, withheld } from "./shape.ts";

/** How backends, and servers of Redis, prove who they are and the gate to them, where TLS is spoken. */
export const upstreamTls = object({
  authorities: optional(
    oneOrMore(text("the path of a file of certificates")),
    "Whose certificates are believed, PEM; in place of the public authorities.",
  ),
  cert: optional(
    text("a certificate's path"),
    "The certificate by which they know the gate, with its chain, PEM.",
  ),
  key: optional(withheld(text("a key's path")), "The private key of this certificate, PEM."),
  serverName: optional(
    text("a host name such as orders.internal", /^(?=.*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9.-]*)$/),
    "The name that their certificate must hold, where they are reached by another.",
  ),
  pins: optional(
    list(
      text(
        "sha256/ with the hash of a public key (44 characters, base64)",
        /^sha256\/[A-Za-z0-9+/]{43}=$/,
      ),
      1,
    ),
    "Hashes of public keys (SPKI), of which their own must be one, whoever vouches for it.",
  ),
});
export type UpstreamTlsSetting = Read<typeof upstreamTls>;

/** The same as the plan holds it; files by their paths as written. */
export interface UpstreamTlsPlan {
  readonly authorities: readonly string[];
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly serverName: string | undefined;
  readonly pins: readonly string[];
}

export const planUpstreamTls = ({
  authorities = [],
  cert,
  key,
  pins = [],
  serverName,
}: UpstreamTlsSetting): UpstreamTlsPlan => ({ authorities, cert, key, serverName, pins });
