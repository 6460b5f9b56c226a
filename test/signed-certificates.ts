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

/** What an authority says of those that it lets sign for it. */
export interface Below {
  readonly mostBelow?: number;
  readonly notAfter?: Date;
  readonly boundToNames?: true;
}

/** An authority of a test's own, which signs what is asked of it. PEM. */
export interface Authority {
  readonly pem: string;
  sign(wanted: Wanted): Promise<{ readonly cert: string; readonly key: string }>;
  /** Another authority, which this one vouches for. */
  letSign(name: string, below?: Below): Promise<Authority>;
  /** The list of the certificates (PEM) that it has taken back, in PEM. */
  takeBack(certificates: readonly string[], of?: ListOptions): Promise<string>;
}

export interface ListOptions {
  readonly nextUpdate?: Date;
  /** A list of changes only. */
  readonly isDelta?: true;
}

type Keys = webcrypto.CryptoKeyPair;

const makeKeys = (): Promise<Keys> =>
  webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

export async function newAuthority(name: string): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    notBefore: new Date(Date.now() - 30 * day),
    notAfter: new Date(Date.now() + 30 * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return authorityOf(certificate, keys);
}

function authorityOf(certificate: x509.X509Certificate, own: Keys): Authority {
  const make = (
    subject: string,
    publicKey: webcrypto.CryptoKey,
    extensions: x509.Extension[],
    { notAfter, notBefore }: Pick<Wanted, "notAfter" | "notBefore"> = {},
  ) =>
    x509.X509CertificateGenerator.create({
      subject,
      issuer: certificate.subject,
      notBefore: notBefore ?? new Date(Date.now() - day),
      notAfter: notAfter ?? new Date(Date.now() + day),
      signingAlgorithm: algorithm,
      publicKey,
      signingKey: own.privateKey,
      extensions,
    });
  return {
    pem: certificate.toString("pem"),
    async sign({ isAuthority = false, names, subject, uses, ...times }) {
      const keys = await makeKeys();
      const extensions = [
        new x509.BasicConstraintsExtension(isAuthority, undefined, true),
        ...(uses === undefined ? [] : [new x509.ExtendedKeyUsageExtension([...uses])]),
        ...(names === undefined ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
      ];
      const made = await make(subject, keys.publicKey, extensions, times);
      const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
      return {
        cert: made.toString("pem"),
        key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
      };
    },
    async letSign(name, { boundToNames, mostBelow, notAfter } = {}) {
      const keys = await makeKeys();
      const extensions = [
        new x509.BasicConstraintsExtension(true, mostBelow, true),
        ...(boundToNames === undefined ? [] : [new x509.Extension("2.5.29.30", true, noNames)]),
      ];
      const times = notAfter === undefined ? {} : { notAfter };
      return authorityOf(await make(name, keys.publicKey, extensions, times), keys);
    },
    async takeBack(certificates, { isDelta, nextUpdate } = {}) {
      const list = await x509.X509CrlGenerator.create({
        issuer: certificate.subject,
        thisUpdate: new Date(Date.now() - day),
        nextUpdate: nextUpdate ?? new Date(Date.now() + day),
        entries: certificates.map((one) => ({
          serialNumber: new x509.X509Certificate(one).serialNumber,
          revocationDate: new Date(Date.now() - day),
        })),
        extensions:
          isDelta === undefined
            ? []
            : [new x509.Extension("2.5.29.27", true, Buffer.from("020101", "hex"))],
        signingAlgorithm: algorithm,
        signingKey: own.privateKey,
      });
      return x509.PemConverter.encode(list.rawData, "X509 CRL");
    },
  };
}

/** Name constraints (RFC 5280 section 4.2.1.10) that permit names below example.com alone. */
const noNames = Buffer.from("3011a00f300d820b6578616d706c652e636f6d", "hex");
