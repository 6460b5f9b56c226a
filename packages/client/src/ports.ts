/**
 * What the client needs of the platform it runs on. Everything else is plain TypeScript, the same
 * everywhere.
 */
export interface Platform {
  readonly keys: KeyPort;
  readonly vault: VaultPort;
  readonly browser: BrowserPort;
  readonly lock: LockPort;
  readonly clock?: ClockPort;
  readonly fetch?: Fetch;
  /** crypto.getRandomValues where there is one. */
  readonly random?: RandomPort;
  /** SHA-256; crypto.subtle where there is one, and the client's own otherwise. */
  readonly hash?: HashPort;
}

/** So many bytes that nobody can guess. */
export type RandomPort = (length: number) => Uint8Array;

/** SHA-256. */
export type HashPort = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

export interface FetchRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly redirect: "manual";
  readonly signal?: AbortSignal;
}

/** The web's fetch, as far as it is used. What it throws is taken for the network's fault. */
export type Fetch = (url: string, request: FetchRequest) => Promise<Response>;

export interface PublicKey {
  /** P-256, as a JWK (RFC 7517): `kty`, `crv`, `x`, `y`. */
  readonly jwk: {
    readonly kty: string;
    readonly crv: string;
    readonly x: string;
    readonly y: string;
  };
  /** Where the private half lives: what a policy may ask for. */
  readonly kept: "software" | "hardware";
}

/**
 * A key pair that never leaves its place: Secure Enclave, StrongBox, a non-extractable CryptoKey.
 */
export interface KeyPort {
  /** The key of this name, made when there is none. */
  obtain(name: string): Promise<PublicKey>;
  /** ECDSA over SHA-256, as R and S side by side (64 bytes). */
  sign(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
  remove(name: string): Promise<void>;
}

export interface VaultEntry {
  readonly value: string;
  /** Changes with every writing. */
  readonly version: string;
}

/**
 * Where secrets are kept: a keychain, an encrypted store. Never localStorage, AsyncStorage or a
 * plain file.
 */
export interface VaultPort {
  read(name: string): Promise<VaultEntry | undefined>;
  /**
   * Writes only when the entry is still the one that was read, so that two processes cannot undo
   * each other.
   *
   * @param expected the version that was read; undefined: there must be none
   * @param value undefined: the entry goes
   * @returns whether it was written
   */
  compareAndSet(
    name: string,
    expected: string | undefined,
    value: string | undefined,
  ): Promise<boolean>;
}

/**
 * The system's own browser for sign-in (ASWebAuthenticationSession, Custom Tabs, a popup): never a
 * web view (RFC 8252 section 8.12).
 */
export interface BrowserPort {
  /**
   * @returns the address that was redirected to; undefined when the person closed it, or when it
   * will arrive elsewhere (a deep link)
   */
  open(url: string, redirectUri: string): Promise<string | undefined>;
}

/** One at a time, across everything that shares the vault: the app, its extensions, its windows. */
export interface LockPort {
  /** @param leaseMs after so long the lock is free again, whatever became of its holder */
  withLock<T>(name: string, leaseMs: number, work: () => Promise<T>): Promise<T>;
}

export interface ClockPort {
  /** Milliseconds since 1970, as the device believes. */
  now(): number;
  /** Milliseconds that only go forward. */
  monotonic(): number;
  sleep(ms: number): Promise<void>;
}
