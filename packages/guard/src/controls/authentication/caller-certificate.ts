import { X509Certificate } from "node:crypto";
import type { ClientCertificate } from "../../facts/arrival.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import type { Caller } from "../../facts/caller.ts";
import { type Believed, compileFindPath } from "../../x509/certificate-path.ts";
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

/** What was found out of a certificate, and until when what says that it is good does so. */
interface Judged {
  readonly said: Caller | Refusal;
  readonly listsEndAtSeconds: number;
}

/**
 * Compiles who owns a certificate that leads to one of the authorities of a source. The handshake
 * has proved that whoever calls has its key; what it is worth is judged here. What was judged is
 * remembered: one path for each certificate and thread.
 */
export function compileCertificateJudge(
  { subject }: Pick<CertificateSource, "subject">,
  believed: Believed,
  callerOf: CallerOf,
): JudgeCertificate {
  const findPath = compileFindPath(believed);
  let known = new Map<string, Judged>();
  const judge = (encoded: string): Judged => {
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(Buffer.from(encoded, "base64"));
    } catch {
      return never("it cannot be read");
    }
    if (certificate.ca) return never("it is an authority's own");
    if (certificate.keyUsage?.includes(clientUse) === false)
      return never("it is not for whoever opens a connection");
    const path = findPath(certificate);
    if (path === undefined) return never("no authority of the source has signed it");
    if (path.isTakenBack) return never("its authority has taken it back");
    const named = subjectOf(nameIn(certificate, subject));
    if (named === undefined) return never(`${subject} names nobody, or several`);
    const all = [certificate, ...path.signers.map((one) => one.certificate)];
    const begin = Math.max(...all.map(({ validFrom }) => secondsOf(validFrom)));
    const end = Math.min(...all.map(({ validTo }) => secondsOf(validTo)));
    return {
      said: callerOf({ iat: begin, jti: certificate.serialNumber }, named, end),
      listsEndAtSeconds: path.listsEndAtSeconds,
    };
  };
  return ({ encoded, thumbprint }, nowSeconds) => {
    let judged = known.get(thumbprint);
    if (judged === undefined) {
      if (known.size >= mostRemembered) known = new Map();
      known.set(thumbprint, (judged = judge(encoded)));
    }
    const { listsEndAtSeconds, said } = judged;
    if (isRefusal(said)) return said;
    if (nowSeconds >= said.expiresAtSeconds) return invalid("it has ended");
    if (nowSeconds < (said.issuedAtSeconds ?? Infinity)) return invalid("it is not valid yet");
    // What was taken back since then is not known.
    return nowSeconds < listsEndAtSeconds ? said : invalid("the list of what is taken back is old");
  };
}

const never = (detail: string): Judged => ({ said: invalid(detail), listsEndAtSeconds: Infinity });

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
