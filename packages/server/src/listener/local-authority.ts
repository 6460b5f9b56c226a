import { createPrivateKey, webcrypto, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { writeWhole } from "../files/whole-file.ts";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { ServerCertificate } from "./listener.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 86_400_000;
const renewBeforeMs = 7 * day;

export interface LocalCertificate extends ServerCertificate {
  /** The file that a client is told to trust. */
  readonly authorityFile: string;
  readonly made: boolean;
}

/**
 * A certificate authority of this machine's own, so that the first start has TLS. Kept under
 * `directory`, readable by its owner only, reused until a week before it ends.
 *
 * @throws Error in production, where a certificate that only this machine trusts is a mistake
 */
export async function openLocalAuthority(
  directory: string,
  hosts: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<LocalCertificate> {
  if (environment["PORTCULLIS_ENV"] === "production") {
    throw new Error(
      "no certificate is configured, and PORTCULLIS_ENV=production refuses one that only this machine trusts.\nName your certificate: listen: { tls: { cert: ./tls.crt, key: ./tls.key } }",
    );
  }
  const authorityFile = join(directory, "local-ca.crt");
  const certFile = join(directory, "local-tls.crt");
  const keyFile = join(directory, "local-tls.key");
  const kept = readKept(certFile, keyFile, hosts);
  if (kept !== undefined) return { ...kept, authorityFile, made: false };

  x509.cryptoProvider.set(webcrypto);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const notBefore = new Date(Date.now() - day);
  const authorityKeys = await makeKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Portcullis local authority",
    notBefore,
    notAfter: new Date(Date.now() + 365 * day),
    signingAlgorithm: algorithm,
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const leafKeys = await makeKeys();
  const leaf = await x509.X509CertificateGenerator.create({
    subject: "CN=localhost",
    issuer: authority.subject,
    notBefore,
    notAfter: new Date(Date.now() + 90 * day),
    signingAlgorithm: algorithm,
    publicKey: leafKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  // The authority's private key is not kept: nobody can sign a second certificate with what lies on
  // this disk.
  const pkcs8 = Buffer.from(
    await webcrypto.subtle.exportKey("pkcs8", leafKeys.privateKey),
  ).toString("base64");
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replaceAll(/.{64}/g, "$&\n").trimEnd()}\n-----END PRIVATE KEY-----\n`;
  const cert = `${leaf.toString("pem")}\n`;
  writeWhole(authorityFile, `${authority.toString("pem")}\n`);
  writeWhole(keyFile, key);
  writeWhole(certFile, cert);
  return { cert, key, authorityFile, made: true };
}

const makeKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

/** What is not whole, or does not belong together, is made anew: nobody else has made it. */
function readKept(
  certFile: string,
  keyFile: string,
  hosts: readonly string[],
): ServerCertificate | undefined {
  const [cert, key] = [readIfThere(certFile), readIfThere(keyFile)];
  try {
    const parsed = new x509.X509Certificate(cert);
    const names =
      parsed
        .getExtension(x509.SubjectAlternativeNameExtension)
        ?.names.items.map((name) => name.value) ?? [];
    const fits =
      parsed.notAfter.getTime() - Date.now() > renewBeforeMs &&
      hosts.every((host) => names.includes(host)) &&
      new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
    return fits ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw fault;
  }
}
