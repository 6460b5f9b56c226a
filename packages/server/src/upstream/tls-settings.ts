import { createHash, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import {
  checkServerIdentity,
  type ConnectionOptions,
  createSecureContext,
  type PeerCertificate,
} from "node:tls";
import type { RedisTls } from "@portcullis/guard/state";
import type { UpstreamProtocol, UpstreamTlsPlan } from "@portcullis/guard/policy";

/** What stands in the files that the policy names for the backends of an API, PEM. */
export interface UpstreamTlsTexts {
  readonly authorities: readonly string[];
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** By which name the texts of a policy's setting travel. */
export const tlsTextsName = (plan: UpstreamTlsPlan): string => JSON.stringify(plan);

/** Who is believed to be a backend, and who the gate is to it. */
export interface UpstreamTls {
  readonly plan: Pick<UpstreamTlsPlan, "serverName" | "pins">;
  readonly texts: UpstreamTlsTexts;
}

/** The certificate of a backend is right, but its key is not one that the policy names. */
export const pinFault = "ERR_UPSTREAM_PIN";

/**
 * What `tls.connect` needs for connections to one backend, compiled once and frozen: where it is,
 * whose certificates are believed, for which name, and by which certificate it knows the gate.
 * What a request says, such as its Host, changes nothing of it, and neither does
 * NODE_TLS_REJECT_UNAUTHORIZED.
 *
 * @param tls undefined where the policy says nothing: the public authorities are believed
 * @param protocol what is spoken there; nothing else is offered (RFC 7301)
 * @returns undefined for a target that is not `https://host:port`
 */
export function compileTls(
  target: string,
  tls: UpstreamTls | undefined,
  protocol: UpstreamProtocol = "http/1.1",
): ConnectionOptions | undefined {
  if (!target.startsWith("https:")) return undefined;
  const { hostname, port } = new URL(target);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const { pins = [], serverName } = tls?.plan ?? {};
  const name = serverName ?? host;
  const { authorities = [], cert, key } = tls?.texts ?? {};
  return Object.freeze<ConnectionOptions>({
    host,
    port: port === "" ? 443 : Number(port),
    // An address is no name to ask for (RFC 6066 section 3).
    ...(isIP(name) === 0 ? { servername: name } : {}),
    secureContext: createSecureContext({
      minVersion: "TLSv1.2",
      ...(authorities.length === 0 ? {} : { ca: [...authorities] }),
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
    }),
    ALPNProtocols: [protocol],
    rejectUnauthorized: true,
    checkServerIdentity: (_name, certificate) =>
      checkServerIdentity(name, certificate) ?? notPinned(pins, certificate),
  });
}

/**
 * The same of servers of Redis, of which the gate may only learn where they are from one another:
 * each must prove the name or the address that it is reached by, or the one that the policy says.
 */
export function compileStateTls({ plan, texts }: UpstreamTls): RedisTls {
  const { pins, serverName } = plan;
  const { authorities, cert, key } = texts;
  return Object.freeze<RedisTls>({
    ...(authorities.length === 0 ? {} : { ca: [...authorities] }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    checkServerIdentity: (host, certificate) =>
      checkServerIdentity(serverName ?? host, certificate) ?? notPinned(pins, certificate),
  });
}

/**
 * The backend's own key is looked for, and not those of the chain that it sends: of what else it
 * sends, nothing proves that it belongs to the certificate.
 */
function notPinned(pins: readonly string[], { raw }: PeerCertificate): Error | undefined {
  if (pins.length === 0) return undefined;
  const pin = pinOf(new X509Certificate(raw));
  return pins.includes(pin)
    ? undefined
    : Object.assign(new Error(`${pin} is not pinned`), { code: pinFault });
}

/** The hash of a public key (SubjectPublicKeyInfo), as the policy writes it. */
export const pinOf = ({ publicKey }: X509Certificate): string =>
  `sha256/${createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64")}`;

const notVouched = "no authority that is believed vouches for its certificate";
const faultWords: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: notVouched,
  UNABLE_TO_GET_ISSUER_CERT: notVouched,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: notVouched,
  SELF_SIGNED_CERT_IN_CHAIN: notVouched,
  DEPTH_ZERO_SELF_SIGNED_CERT: notVouched,
  INVALID_PURPOSE: "its certificate is not one for servers",
  [pinFault]: "its key is none of those that are pinned",
};
/** Over TLS 1.3 they come after the handshake; a server that sends one has read no request. */
const gateRefused = /^ERR_SSL_.*ALERT_(?:BAD_CERTIFICATE|CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/;

/**
 * Why a backend and the gate do not believe each other, in words for the record; undefined for
 * faults that are not of this kind. Nothing of a request was read where there is one.
 *
 * @param code of the error that a connection ended with
 */
export function tlsFault(code: string): string | undefined {
  const words =
    faultWords[code] ??
    (gateRefused.test(code) ? "it does not take the gate's certificate" : undefined);
  return words === undefined ? undefined : `${words} (${code})`;
}
