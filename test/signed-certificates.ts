import { webcrypto } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

const day = 86_400_000;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

export interface Wanted {
  /** Such as `CN=partner-1`. */
  readonly subject: string;
  readonly names?: { readonly type: "url" | "dns" | "email"; readonly value: string }[];
  readonly uses?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly isAuthority?: boolean;
}

/** An authority of a test's own, which signs what is asked of it. PEM. */
export interface Authority {
  readonly pem: string;
  sign(wanted: Wanted): Promise<{ readonly cert: string; readonly key: string }>;
}

export async function newAuthority(name: string): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const generate = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const own = await generate();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    notBefore: new Date(Date.now() - 30 * day),
    notAfter: new Date(Date.now() + 30 * day),
    signingAlgorithm: algorithm,
    keys: own,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    pem: certificate.toString("pem"),
    async sign({ isAuthority = false, names, notAfter, notBefore, subject, uses }) {
      const keys = await generate();
      const made = await x509.X509CertificateGenerator.create({
        subject,
        issuer: certificate.subject,
        notBefore: notBefore ?? new Date(Date.now() - day),
        notAfter: notAfter ?? new Date(Date.now() + day),
        signingAlgorithm: algorithm,
        publicKey: keys.publicKey,
        signingKey: own.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(isAuthority, undefined, true),
          ...(uses === undefined ? [] : [new x509.ExtendedKeyUsageExtension([...uses])]),
          ...(names === undefined ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
        ],
      });
      const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
      return {
        cert: made.toString("pem"),
        key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
      };
    },
  };
}
