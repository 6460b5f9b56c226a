import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/** PEM, the leaf first. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads a certificate with its key and makes sure that they can serve.
 *
 * @param theKey how the key's file is called in messages: people write the key itself where its
 *   path belongs, so the path is not shown
 * @throws Error that says which file is at fault and what to do
 */
export function readKeyPair(
  certFile: string,
  keyFile: string,
  theKey = "the file that listen.tls.key names",
  nowMs: number = Date.now(),
): KeyPair {
  const cert = read(certFile, `the certificate ${certFile}`);
  const key = read(keyFile, theKey);
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(cert);
  } catch {
    throw new Error(`${certFile} is not a certificate in PEM form.`);
  }
  let privateKey;
  try {
    privateKey = createPrivateKey(key);
  } catch {
    throw new Error(`${theKey} is not a private key in PEM form, or it needs a passphrase.`);
  }
  if (!leaf.checkPrivateKey(privateKey))
    throw new Error(`${theKey} is not the key of ${certFile}.`);
  if (leaf.validToDate.getTime() <= nowMs) throw new Error(`${certFile} ended on ${leaf.validTo}.`);
  return { cert, key };
}

function read(file: string, what: string): string {
  let code: string;
  try {
    return readFileSync(file, "utf8");
  } catch (fault) {
    // The fault itself would show the path.
    ({ code = "unknown" } = fault as NodeJS.ErrnoException);
  }
  throw new Error(`${what} cannot be read (${code}).`);
}
