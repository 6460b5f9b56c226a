import { createSecureContext } from "node:tls";
import type { ServerCertificate } from "./listener.ts";

export interface ListenerTls extends ServerCertificate {
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  /** 48 bytes that seal session tickets, the same on every thread. */
  readonly ticketKeys?: Buffer;
}

/** AEAD only: CBC suites of TLS 1.2 are open to padding oracles. TLS 1.3 has no others. */
const ciphers =
  "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/**
 * Key exchanges, the preferred one first. The first is safe from who records today and owns a
 * quantum computer later (draft-ietf-tls-ecdhe-mlkem); the last are for devices that know no others.
 */
const wantedGroups: readonly string[] = ["X25519MLKEM768", "X25519", "P-256", "P-384"];

/** As far as this machine's OpenSSL knows them. */
export const keyExchangeGroups: readonly string[] = wantedGroups.filter((group) => {
  try {
    createSecureContext({ ecdhCurve: group });
    return true;
  } catch {
    return false;
  }
});

/**
 * How long a session may be taken up again, and how long tickets are sealed by one key. Apps come
 * back all day, and a resumed handshake spares them a certificate to verify and us a signature.
 */
export const sessionSeconds = 43_200;

/**
 * Everything that a connection is encrypted by, at the start and when the certificate changes alike.
 * Early data is not taken, because it could be sent twice (RFC 8446 section 8): Node offers none.
 */
export const secureOptions = ({ cert, key, minVersion, ticketKeys }: ListenerTls) => ({
  cert,
  key,
  minVersion,
  ciphers,
  ecdhCurve: keyExchangeGroups.join(":"),
  honorCipherOrder: true,
  sessionTimeout: sessionSeconds,
  ...(ticketKeys === undefined ? {} : { ticketKeys }),
});
