import { createHmac } from "node:crypto";

/** What a refusal is about, as it was found: plain ids, which only keyed hashes may tell of. */
export interface Named {
  /** What the request names. */
  readonly objects?: readonly string[];
  /** Whose it was found to be. */
  readonly owners?: readonly string[];
  /** Whom the owner was compared with. */
  readonly caller?: string | undefined;
}

/**
 * Gathered only when the record is made, and a function: whatever else writes a refusal out, such as
 * JSON, leaves it out.
 */
export type TellNamed = () => Named;

/** An object and a person of the same id have different hashes. */
export type NameKind = "object" | "person";

/** The keyed hash by which records name an object or a person. */
export type HashName = (kind: NameKind, id: string) => string;

/** 132 bits: nobody who lacks the secret finds an id by trying, and no two ids meet. */
const shownLetters = 22;

/** @param secret of the installation: who has it can tell by trying which id a hash stands for */
export const compileHashName =
  (secret: Uint8Array): HashName =>
  (kind, id) =>
    createHmac("sha256", secret)
      .update(`${kind}\n${id}`)
      .digest("base64url")
      .slice(0, shownLetters);

/** A record stays one line, however many objects a request names. */
const mostTold = 5;

/** What the record says of it; members without a value are left out. */
export function hashNamed({ caller, objects, owners }: Named, hash: HashName): HashedNames {
  const hashes = (kind: NameKind, ids: readonly string[] = []): readonly string[] | undefined =>
    ids.length === 0 ? undefined : ids.slice(0, mostTold).map((id) => hash(kind, id));
  const [object, owner] = [hashes("object", objects), hashes("person", owners)];
  return {
    ...(object === undefined ? {} : { objects: object }),
    ...(owner === undefined ? {} : { owners: owner }),
    ...(caller === undefined ? {} : { caller: hash("person", caller) }),
  };
}

/** What a record names, by keyed hashes. */
export interface HashedNames {
  readonly objects?: readonly string[];
  readonly owners?: readonly string[];
  readonly caller?: string;
}
