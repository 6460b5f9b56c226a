import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  getCiphers,
  hkdfSync,
  type KeyObject,
} from "node:crypto";

const cipher = "aes-256-siv";
const tagBytes = 16;
const tagLength = Object.freeze({ authTagLength: tagBytes }) as never;
const mostIdCharacters = 512;
const handleForm = /^[A-Za-z0-9_-]{24,900}$/;

interface SealingKey {
  readonly mark: number;
  readonly key: KeyObject;
}

/** Whether this Node can seal at all. */
export const canSeal = (): boolean => getCiphers().includes(cipher);

/**
 * Object ids as handles for one reader (AES-SIV, RFC 5297): the same id has the same handle for the
 * same reader, so that an app can compare and keep them; for another reader, or as another kind of
 * object, it does not open. A first byte names the key, so that keys can be rotated: the first
 * seals, all open.
 */
export class IdSealer {
  readonly #keys: readonly SealingKey[];
  /**
   * An app asks for the same lists again and again: what was sealed or opened lately is remembered,
   * failures never.
   */
  readonly #sealed = new Recent<string>();
  readonly #opened = new Recent<string | number>();

  /** @param secrets at least 32 bytes each, the current one first */
  constructor(secrets: readonly Uint8Array[]) {
    if (secrets.length === 0) throw new RangeError("ids cannot be sealed without a key");
    this.#keys = secrets.map((secret) => {
      if (secret.length < 32) throw new RangeError("a sealing key needs at least 32 bytes");
      const derived = Buffer.from(hkdfSync("sha256", secret, "", "portcullis sealed ids", 64));
      return {
        mark: createHash("sha256").update(derived).digest()[0] as number,
        key: createSecretKey(derived),
      };
    });
  }

  /** A number comes back as a number. */
  seal(kind: string, reader: string, id: string | number): string {
    const name = `${typeof id}\n${kind.length}:${kind}${reader.length}:${reader}${id}`;
    const known = this.#sealed.get(name);
    if (known !== undefined) return known;
    const { key, mark } = this.#keys[0] as SealingKey;
    const sealing = createCipheriv(cipher, key, null, tagLength) as unknown as Sealing;
    sealing.setAAD(context(kind, reader));
    const sealed = sealing.update(typeof id === "number" ? `n${id}` : `s${id}`, "utf8");
    sealing.final();
    const handle = Buffer.concat([Buffer.of(mark), sealing.getAuthTag(), sealed]).toString(
      "base64url",
    );
    this.#sealed.set(name, handle);
    return handle;
  }

  /** Undefined for everything that was not sealed for this reader as this kind. */
  open(kind: string, reader: string, handle: string): string | number | undefined {
    if (!handleForm.test(handle)) return undefined;
    const name = `${kind.length}:${kind}${reader.length}:${reader}${handle}`;
    const known = this.#opened.get(name);
    if (known !== undefined) return known;
    const bytes = Buffer.from(handle, "base64url");
    if (bytes.length < 1 + tagBytes + 1 || bytes.toString("base64url") !== handle) return undefined;
    for (const { key, mark } of this.#keys) {
      if (mark !== bytes[0]) continue;
      const text = openWith(key, context(kind, reader), bytes);
      if (text === undefined) continue;
      const id = text.startsWith("n") ? Number(text.slice(1)) : text.slice(1);
      this.#opened.set(name, id);
      return id;
    }
    return undefined;
  }
}

const mostRecent = 20_000;

/**
 * Two generations bound the memory: when the young one is full it becomes the old one, and what was
 * not asked for since is forgotten.
 */
class Recent<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  get(name: string): T | undefined {
    const value = this.#young.get(name) ?? this.#old.get(name);
    if (value !== undefined && !this.#young.has(name)) this.set(name, value);
    return value;
  }

  set(name: string, value: T): void {
    if (this.#young.size >= mostRecent / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(name, value);
  }
}

interface Sealing {
  setAAD(data: Buffer): void;
  setAuthTag(tag: Buffer): void;
  getAuthTag(): Buffer;
  update(data: Buffer): Buffer;
  update(text: string, encoding: "utf8"): Buffer;
  final(): Buffer;
}

function openWith(key: KeyObject, aad: Buffer, bytes: Buffer): string | undefined {
  try {
    const opening = createDecipheriv(cipher, key, null, tagLength) as unknown as Sealing;
    opening.setAAD(aad);
    opening.setAuthTag(bytes.subarray(1, 1 + tagBytes));
    return Buffer.concat([
      opening.update(bytes.subarray(1 + tagBytes)),
      opening.final(),
    ]).toString();
  } catch {
    return undefined;
  }
}

/**
 * Each part stands behind its length: otherwise a kind and a reader could be divided at another
 * place, and so be taken for another pair.
 */
const context = (kind: string, reader: string): Buffer =>
  Buffer.from(`${kind.length}:${kind}${reader.length}:${reader}`);

/** An id as it stands in an answer: text, a whole number, or a number kept as it was written. */
export function idOf(value: unknown): string | number | undefined {
  if (typeof value === "string")
    return value.length > 0 && value.length <= mostIdCharacters ? value : undefined;
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : undefined;
  return undefined;
}
