import { X509Certificate } from "node:crypto";
import {
  type Extension,
  extensionsIn,
  readElement,
  readElements,
  sequenceOf,
  tags,
} from "./der.ts";

/** A certificate that may sign others, and what it says of what it signs. */
export interface SigningCertificate {
  readonly certificate: X509Certificate;
  /** Its name, as DER. */
  readonly subject: Buffer;
  /** How many authorities may stand between it and a caller; Infinity where it does not say. */
  readonly mostBelow: number;
  /** Whether it may sign lists of what it has taken back. */
  readonly maySignLists: boolean;
}

const oids = {
  basicConstraints: "2.5.29.19",
  keyUsage: "2.5.29.15",
  nameConstraints: "2.5.29.30",
} as const;

/**
 * The authorities of a file (PEM), one or more.
 *
 * @throws RangeError in words, where one of them is none or limits what it signs in a way that is
 *   not followed
 */
export function readAuthorities(pem: string): readonly SigningCertificate[] {
  const authorities = authoritiesIn(pem);
  if (authorities.length === 0) throw new RangeError("it holds no certificate (PEM)");
  return authorities;
}

/** The same where there may be none. */
export const authoritiesIn = (pem: string): readonly SigningCertificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    readAuthority,
  );

function readAuthority(pem: string): SigningCertificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new RangeError("it holds what is no certificate");
  }
  if (!certificate.ca) throw new RangeError("it holds a certificate that is no authority's");
  const { extensions, subject } = partsOf(certificate);
  if (extensions.some(({ oid }) => oid === oids.nameConstraints))
    throw new RangeError("it holds an authority that is bound to names, which is not followed");
  const usage = extensions.find(({ oid }) => oid === oids.keyUsage);
  return {
    certificate,
    subject,
    mostBelow: mostBelowOf(extensions),
    maySignLists: usage === undefined || hasBit(usage, crlSign),
  };
}

/** RFC 5280 section 4.1: what Node does not tell of a certificate. */
function partsOf({ raw }: X509Certificate): {
  readonly subject: Buffer;
  readonly extensions: readonly Extension[];
} {
  const [tbs] = sequenceOf(readElement(raw));
  const parts = sequenceOf(tbs);
  // The version comes first where it is not 1: then all stands one further.
  const subject = parts[parts[0]?.tag === 0xa0 ? 5 : 4];
  const [wrapped] = parts.filter(({ tag }) => tag === 0xa3);
  if (subject === undefined) throw new RangeError("it holds a certificate without a name");
  return {
    subject: subject.whole,
    extensions: wrapped === undefined ? [] : extensionsIn(readElement(wrapped.content)),
  };
}

function mostBelowOf(extensions: readonly Extension[]): number {
  const found = extensions.find(({ oid }) => oid === oids.basicConstraints);
  const [length] =
    found === undefined
      ? []
      : sequenceOf(readElement(found.value)).filter(({ tag }) => tag === tags.integer);
  return length === undefined ? Infinity : length.content.readUIntBE(0, length.content.length);
}

/** RFC 5280 section 4.2.1.3. */
const crlSign = 6;

function hasBit({ value }: Extension, bit: number): boolean {
  const [bits] = readElements(value);
  const byte = bits?.content[1 + (bit >> 3)] ?? 0;
  return ((byte >> (7 - (bit & 7))) & 1) === 1;
}
