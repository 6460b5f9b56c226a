import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

const day = 86_400_000;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A certificate with its key; both in PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export interface IssueOptions {
  /** Names and addresses of the server; the client's name where it is one for clients. */
  readonly names: readonly string[];
  readonly use?: "server" | "client";
  /** In days from now. */
  readonly from?: number;
  readonly to?: number;
}

/** An authority that somebody may believe. */
export interface Authority {
  readonly cert: string;
  issue(options: IssueOptions): Promise<Issued>;
}

const makeKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

const between = (from: number, to: number) => ({
  notBefore: new Date(Date.now() + from * day),
  notAfter: new Date(Date.now() + to * day),
});

export async function makeAuthority(name: string): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await makeKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    ...between(-30, 30),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    cert: `${authority.toString("pem")}\n`,
    async issue({ from = -1, names, to = 2, use = "server" }) {
      const leafKeys = await makeKeys();
      const leaf = await x509.X509CertificateGenerator.create({
        subject: `CN=${names[0]}`,
        issuer: authority.subject,
        ...between(from, to),
        signingAlgorithm: algorithm,
        publicKey: leafKeys.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.ExtendedKeyUsageExtension([
            use === "server" ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
          ]),
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value })),
          ),
          await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ],
      });
      const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", leafKeys.privateKey);
      return {
        cert: `${leaf.toString("pem")}\n`,
        key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
      };
    },
  };
}
