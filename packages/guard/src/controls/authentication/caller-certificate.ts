import { X509Certificate } from "node:crypto";
import type { ClientCertificate } from "../../facts/arrival.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import type { Caller } from "../../facts/caller.ts";
import { type CallerOf, subjectOf } from "./claims.ts";
import { problems } from "./problems.ts";
import type { CertificateSource } from "./source-plan.ts";

/** Where a certificate names its owner. */
export const certificateNames = ["subject.commonName", "san.uri", "san.dns", "san.email"] as const;
export type CertificateName = (typeof certificateNames)[number];

/** RFC 5280 section 4.2.1.12: for who opens a connection. */
const clientUse = "1.3.6.1.5.5.7.3.2";
const mostRemembered = 5000;

/** A source of certificates, ready to judge what a connection has proved. */
export type JudgeCertificate = (
  certificate: ClientCertificate,
  nowSeconds: number,
) => Caller | Refusal;

const invalid = (detail: string): Refusal => refuse(problems["certificate-invalid"], { detail });

/**
 * Compiles who owns a certificate that one of these authorities has signed itself. The handshake has
 * proved that whoever calls has its key; what it is worth is judged here. What was judged is
 * remembered: one signature for each certificate and thread.
 *
 * @param authorities PEM; without one, nobody is believed
 * @throws RangeError where one of them cannot sign certificates
 */
export function compileCertificateJudge(
  { subject }: Pick<CertificateSource, "subject">,
  authorities: string,
  callerOf: CallerOf,
): JudgeCertificate {
  const trusted = authoritiesIn(authorities);
  let known = new Map<string, Caller | Refusal>();
  const judge = (encoded: string): Caller | Refusal => {
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(Buffer.from(encoded, "base64"));
    } catch {
      return invalid("it cannot be read");
    }
    if (certificate.ca) return invalid("it is an authority's own");
    if (certificate.keyUsage?.includes(clientUse) === false)
      return invalid("it is not for whoever opens a connection");
    const signer = trusted.find(
      (one) => certificate.checkIssued(one) && certificate.verify(one.publicKey),
    );
    if (signer === undefined) return invalid("no authority of the source has signed it");
    const named = subjectOf(nameIn(certificate, subject));
    if (named === undefined) return invalid(`${subject} names nobody, or several`);
    const begin = Math.max(secondsOf(certificate.validFrom), secondsOf(signer.validFrom));
    const end = Math.min(secondsOf(certificate.validTo), secondsOf(signer.validTo));
    return callerOf({ iat: begin, jti: certificate.serialNumber }, named, end);
  };
  return ({ encoded, thumbprint }, nowSeconds) => {
    let said = known.get(thumbprint);
    if (said === undefined) {
      if (known.size >= mostRemembered) known = new Map();
      known.set(thumbprint, (said = judge(encoded)));
    }
    if (isRefusal(said)) return said;
    if (nowSeconds >= said.expiresAtSeconds) return invalid("it has ended");
    return nowSeconds < (said.issuedAtSeconds ?? Infinity) ? invalid("it is not valid yet") : said;
  };
}

/** @throws RangeError */
export function readAuthorities(pem: string): readonly X509Certificate[] {
  const authorities = authoritiesIn(pem);
  if (authorities.length === 0) throw new RangeError("it holds no certificate (PEM)");
  return authorities;
}

function authoritiesIn(pem: string): readonly X509Certificate[] {
  const parts = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return parts.map((part) => {
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(part);
    } catch {
      throw new RangeError("it holds what is no certificate");
    }
    if (!certificate.ca) throw new RangeError("it holds a certificate that is no authority's");
    return certificate;
  });
}

const secondsOf = (date: string): number => Math.floor(Date.parse(date) / 1000);

/** Undefined also where there are two: nobody knows which one is meant. */
function nameIn(certificate: X509Certificate, place: CertificateName): unknown {
  if (place === "subject.commonName") {
    const { subject } = certificate.toLegacyObject() as {
      readonly subject?: Readonly<Record<string, unknown>>;
    };
    return subject?.["CN"];
  }
  const kind = { "san.uri": "URI", "san.dns": "DNS", "san.email": "email" }[place];
  const names = alternativeNames(certificate.subjectAltName ?? "").filter(
    (name) => name.kind === kind,
  );
  return names.length === 1 ? names[0]?.value : undefined;
}

interface AlternativeName {
  readonly kind: string;
  readonly value: string;
}

/** As Node writes them: `DNS:a.example, URI:"..."`, quoted as JSON where they hold a separator. */
function alternativeNames(text: string): readonly AlternativeName[] {
  const names: AlternativeName[] = [];
  for (const [, kind = "", value = ""] of text.matchAll(
    /(?:^|, )([A-Za-z][A-Za-z ]*):("(?:[^"\\]|\\.)*"|[^,"]*)(?=, |$)/g,
  ))
    names.push({ kind, value: value.startsWith('"') ? (JSON.parse(value) as string) : value });
  return names;
}
