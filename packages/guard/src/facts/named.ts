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

/** What is named. Two of the same id and of different kinds have different hashes. */
export type NameKind = "object" | "person" | "device" | "address";

/** The keyed hash by which a record of this time names something: the pseudonym of that month. */
export type HashName = (kind: NameKind, id: string, atMs: number) => string;

/** 132 bits: nobody who lacks the secret finds an id by trying, and no two ids meet. */
const shownLetters = 22;
/** Who calls often is not hashed for each request. */
const mostKnown = 8192;

/**
 * The key changes with the month (UTC): who has two months of records and not the secret cannot tell
 * that somebody in the one is somebody in the other.
 *
 * @param secret of the installation: who has it can tell by trying which id a hash stands for
 */
export function compileHashName(secret: Uint8Array): HashName {
  let month: Month = { fromMs: 0, toMs: 0, key: Buffer.alloc(0) };
  const known: Record<NameKind, Map<string, string>> = {
    object: new Map(),
    person: new Map(),
    device: new Map(),
    address: new Map(),
  };
  return (kind, id, atMs) => {
    if (atMs < month.fromMs || atMs >= month.toMs) {
      month = monthAt(secret, atMs);
      for (const names of Object.values(known)) names.clear();
    }
    const names = known[kind];
    const before = names.get(id);
    if (before !== undefined) return before;
    if (names.size >= mostKnown) names.clear();
    const hash = createHmac("sha256", month.key)
      .update(`${kind}\n${id}`)
      .digest("base64url")
      .slice(0, shownLetters);
    names.set(id, hash);
    return hash;
  };
}

interface Month {
  readonly fromMs: number;
  readonly toMs: number;
  readonly key: Buffer;
}

function monthAt(secret: Uint8Array, atMs: number): Month {
  const at = new Date(atMs);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  return {
    fromMs: Date.UTC(year, month),
    toMs: Date.UTC(year, month + 1),
    key: createHmac("sha256", secret)
      .update(`month\n${year}-${month + 1}`)
      .digest(),
  };
}

/** A search that goes back further than this is one for everything that is kept. */
const mostMonths = 36;

/** Every hash by which records of these times may name it, the newest month's first. */
export function hashesOf(
  hash: HashName,
  kind: NameKind,
  id: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly string[] {
  const hashes: string[] = [];
  let atMs = toMs;
  for (let count = 0; count < mostMonths && (atMs >= fromMs || count === 0); count += 1) {
    hashes.push(hash(kind, id, atMs));
    const at = new Date(atMs);
    // The last millisecond of the month before.
    atMs = Date.UTC(at.getUTCFullYear(), at.getUTCMonth()) - 1;
  }
  return hashes;
}

/** A record stays one line, however many objects a request names. */
const mostTold = 5;

/** What the record says of it; members without a value are left out. */
export function hashNamed(
  { caller, objects, owners }: Named,
  atMs: number,
  hash: HashName,
): HashedNames {
  const hashes = (kind: NameKind, ids: readonly string[] = []): readonly string[] | undefined =>
    ids.length === 0 ? undefined : ids.slice(0, mostTold).map((id) => hash(kind, id, atMs));
  const [object, owner] = [hashes("object", objects), hashes("person", owners)];
  return {
    ...(object === undefined ? {} : { objects: object }),
    ...(owner === undefined ? {} : { owners: owner }),
    ...(caller === undefined ? {} : { caller: hash("person", caller, atMs) }),
  };
}

/** What a record names, by keyed hashes. */
export interface HashedNames {
  readonly objects?: readonly string[];
  readonly owners?: readonly string[];
  readonly caller?: string;
}
