import { createHash } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { ClientCertificate } from "../facts/arrival.ts";

const certificates = new WeakMap<object, ClientCertificate | undefined>();

/**
 * The certificate of a connection is the same for all its requests. That its owner has the key was
 * proved by the handshake.
 *
 * @param connection what stays the same as long as the connection lasts
 */
export function certificateOf(
  connection: object,
  socket: TLSSocket,
): ClientCertificate | undefined {
  if (certificates.has(connection)) return certificates.get(connection);
  const raw =
    typeof socket.getPeerX509Certificate === "function"
      ? socket.getPeerX509Certificate()?.raw
      : undefined;
  const certificate =
    raw === undefined
      ? undefined
      : {
          thumbprint: createHash("sha256").update(raw).digest("base64url"),
          encoded: raw.toString("base64"),
        };
  certificates.set(connection, certificate);
  return certificate;
}
