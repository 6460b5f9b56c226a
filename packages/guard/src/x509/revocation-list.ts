import { verify } from "node:crypto";
import type { SigningCertificate } from "./authority.ts";
import {
  type Element,
  extensionsIn,
  hexOf,
  oidOf,
  readElement,
  sequenceOf,
  tags,
  timeOf,
} from "./der.ts";

/** What an authority has taken back, as its list says (RFC 5280 section 5). */
export interface RevocationList {
  /** The authority that has signed it. */
  readonly signer: SigningCertificate;
  /** Serial numbers in capital hexadecimal digits. */
  readonly serials: ReadonlySet<string>;
  /** When the next one is due at the latest: from then on this one says nothing. */
  readonly endsAtSeconds: number;
}

const hashes: Readonly<Record<string, string | null>> = {
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  "1.3.101.112": null,
};

/**
 * The lists of a file, as PEM or as one list in DER, each proved by the authority that it names.
 *
 * @throws RangeError in words, where one is not whole, is nobody's, or says only a part
 */
export function readRevocationLists(
  bytes: Buffer,
  authorities: readonly SigningCertificate[],
): readonly RevocationList[] {
  const parts = bytes
    .toString("latin1")
    .match(/-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/g);
  const lists = parts?.map((part) =>
    Buffer.from(part.replaceAll(/-----[^-]+-----/g, ""), "base64"),
  );
  return (lists ?? [bytes]).map((list) => readList(list, authorities));
}

const none = Buffer.alloc(0);

function readList(der: Buffer, authorities: readonly SigningCertificate[]): RevocationList {
  const [tbs, algorithm, signature] = sequenceOf(readElement(der));
  const parts = sequenceOf(tbs);
  // The version comes first where it is not 1.
  if (parts[0]?.tag === tags.integer) parts.shift();
  const [within, issuer, , next, ...rest] = parts;
  const oid = oidOf(sequenceOf(algorithm)[0]);
  if (tbs === undefined || issuer === undefined || signature?.tag !== tags.bits)
    throw new RangeError("it lacks a part");
  // What stands outside of what is signed says the same as what stands within, or is another's.
  if (within?.whole.equals(algorithm?.whole ?? none) !== true || signature.content[0] !== 0)
    throw new RangeError("it says in two ways how it is signed");
  if (!isTime(next)) throw new RangeError("it does not say when the next one is due");
  const hash = hashes[oid];
  if (hash === undefined) throw new RangeError(`it is signed in a way that is not known (${oid})`);
  const signer = authorities.find(
    ({ certificate, maySignLists, subject }) =>
      maySignLists &&
      subject.equals(issuer.whole) &&
      verify(hash, tbs.whole, certificate.publicKey, signature.content.subarray(1)),
  );
  if (signer === undefined) throw new RangeError("no authority of the source has signed it");
  refuseUnread(rest.find(({ tag }) => tag === 0xa0));
  const entries = rest.find(({ tag }) => tag === tags.sequence);
  return {
    signer,
    serials: new Set(entries === undefined ? [] : sequenceOf(entries).map(serialOf)),
    endsAtSeconds: timeOf(next),
  };
}

const isTime = (element: Element | undefined): element is Element =>
  element?.tag === tags.utcTime || element?.tag === tags.generalizedTime;

/** A list of changes, or of some certificates only, says nothing of those that it leaves out. */
function refuseUnread(wrapped: Element | undefined): void {
  if (wrapped === undefined) return;
  const critical = extensionsIn(readElement(wrapped.content)).find(({ isCritical }) => isCritical);
  if (critical !== undefined)
    throw new RangeError(`it says only a part (${critical.oid}): a whole list is needed`);
}

function serialOf(entry: Element): string {
  const [serial, , extensions] = sequenceOf(entry);
  if (serial?.tag !== tags.integer) throw new RangeError("an entry has no number");
  if (extensionsIn(extensions).some(({ isCritical }) => isCritical))
    throw new RangeError("it holds another authority's certificates, which is not followed");
  return hexOf(serial);
}
