import type { X509Certificate } from "node:crypto";
import { authoritiesIn, type SigningCertificate } from "./authority.ts";
import { plainHex } from "./der.ts";
import { type RevocationList, readRevocationLists } from "./revocation-list.ts";

/** Who is believed to sign for callers, as the files of a source say it. */
export interface Believed {
  readonly authorities: readonly SigningCertificate[];
  /** Who may stand between them and a caller; believed for nothing by themselves. */
  readonly intermediates: readonly SigningCertificate[];
  readonly lists: readonly RevocationList[];
}

/** The same as text, for whoever reads no files. */
export interface BelievedText {
  readonly authorities: string;
  readonly intermediates: string;
  /** Base64. */
  readonly lists: readonly string[];
}

/** @throws RangeError in words, where one of them cannot be believed */
export function readBelieved({ authorities, intermediates, lists }: BelievedText): Believed {
  const roots = authoritiesIn(authorities);
  const between = authoritiesIn(intermediates);
  const all = [...roots, ...between];
  return {
    authorities: roots,
    intermediates: between,
    lists: lists.flatMap((list) => readRevocationLists(Buffer.from(list, "base64"), all)),
  };
}

/** A certificate and who has signed it, up to an authority that is believed. */
export interface Path {
  /** The nearest first. */
  readonly signers: readonly SigningCertificate[];
  /** Whether one of them has taken back what it had signed. */
  readonly isTakenBack: boolean;
  /** When the first of the lists that were asked ends; Infinity where none was. */
  readonly listsEndAtSeconds: number;
}

const mostSigners = 6;

/**
 * Finds who has signed a certificate (RFC 5280 section 6, as far as authorities that are bound to
 * nothing but the length of the path). Only what stands in the files is looked at: what a caller
 * sends along is not there any more when its session goes on.
 */
export function compileFindPath(
  believed: Believed,
): (certificate: X509Certificate) => Path | undefined {
  const { authorities, intermediates, lists } = believed;
  const signersOf = (
    certificate: X509Certificate,
    below: readonly SigningCertificate[],
  ): readonly SigningCertificate[] | undefined => {
    const signs = (one: SigningCertificate): boolean =>
      one.mostBelow >= below.length &&
      certificate.checkIssued(one.certificate) &&
      certificate.verify(one.certificate.publicKey);
    const authority = authorities.find(signs);
    if (authority !== undefined) return [...below, authority];
    if (below.length === mostSigners) return undefined;
    for (const one of intermediates) {
      if (below.includes(one) || !signs(one)) continue;
      const found = signersOf(one.certificate, [...below, one]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return (certificate) => {
    const signers = signersOf(certificate, []);
    if (signers === undefined) return undefined;
    const signed = [certificate, ...signers.map((one) => one.certificate)];
    const asked = signers.map((signer) => lists.filter((list) => list.signer === signer));
    return {
      signers,
      isTakenBack: asked.some((of, at) =>
        of.some(({ serials }) => serials.has(serialOf(signed[at] as X509Certificate))),
      ),
      listsEndAtSeconds: Math.min(
        Infinity,
        ...asked.flatMap((of) =>
          of.length === 0 ? [] : [Math.max(...of.map((one) => one.endsAtSeconds))],
        ),
      ),
    };
  };
}

const serialOf = ({ serialNumber }: X509Certificate): string => plainHex(serialNumber);
