import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Caller } from "../../facts/caller.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { LearnedEntry, LearnedState } from "../../state/learned.ts";
import type { CallerOf } from "./claims.ts";
import type { ClaimPlaces } from "./presets.ts";
import { problems } from "./problems.ts";
import type { Said } from "./remembered-callers.ts";

const ivBytes = 12;
const tagBytes = 16;
const ownerBytes = 16;
const mostSealedBytes = 900;

/** Where a caller that is kept has what was read of the answer to its sign-in. */
export const keptPlaces: ClaimPlaces = {
  sub: "/sub",
  client: ["/client"],
  roles: "/roles",
  scopes: ["/scopes"],
  tier: "/tier",
  device: "/device",
  session: "/session",
  own: {},
};

export interface LearningRules {
  readonly source: string;
  /** Names of claims of the operator's own. */
  readonly ownClaims: readonly string[];
  /** Makes a caller of what is kept of it (`keptPlaces`). */
  readonly callerOf: CallerOf;
  /** What names and owners are hashed with; the same at every thread and node. */
  readonly secret: Uint8Array | undefined;
  readonly state: LearnedState;
}

/**
 * Who has signed in with which credential, as answers to sign-in have said. Each is kept under a
 * keyed hash of its credential and sealed under the credential itself, so that whoever reads the
 * memory, Redis or the store finds neither credentials nor names.
 */
export class LearnedCallers {
  readonly #rules: LearningRules;
  readonly #key: KeyObject;

  constructor(rules: LearningRules) {
    this.#rules = rules;
    this.#key = createSecretKey(rules.secret ?? randomBytes(32));
  }

  /** How long what is known may be relied on before it is looked up again. */
  get trustMs(): number {
    return this.#rules.state.trustMs;
  }

  find(name: string): Said | Promise<Said> {
    const entry = this.#rules.state.get(this.#nameOf(name));
    return entry instanceof Promise
      ? entry.then(
          (one) => this.#open(name, one),
          (fault: unknown) => lost((fault as Error).message),
        )
      : this.#open(name, entry);
  }

  /**
   * Keeps who has signed in.
   *
   * @param onTaken called where another node says later that the credential was somebody else's
   * @returns why it is not kept, in words
   */
  keep(name: string, caller: Caller, nowSeconds: number, onTaken: () => void): string | undefined {
    const { source, state } = this.#rules;
    const sealed = this.#seal(name, JSON.stringify(this.#keptOf(caller, nowSeconds)));
    if (sealed.length > mostSealedBytes) return "there is too much to be kept of the caller";
    const owner = this.#hash("owner", `${source}\n${caller.subject}`).subarray(0, ownerBytes);
    const entry = { owner, sealed, expiresAtSeconds: caller.expiresAtSeconds };
    return state.put(this.#nameOf(name), entry, onTaken)
      ? undefined
      : "the credential was somebody else's before: it is nobody's now";
  }

  forget(name: string): void {
    this.#rules.state.remove(this.#nameOf(name));
  }

  #keptOf({ claims, ...caller }: Caller, nowSeconds: number): Readonly<Record<string, unknown>> {
    return {
      ...Object.fromEntries(this.#rules.ownClaims.map((own) => [own, claims[own]])),
      sub: caller.subject,
      client: caller.clientId,
      roles: caller.roles,
      scopes: caller.scopes,
      tier: caller.tier,
      device: caller.deviceId,
      session: caller.sessionId,
      iat: nowSeconds,
    };
  }

  #open(name: string, entry: LearnedEntry | undefined): Said {
    if (entry === undefined) return unknown("nobody has signed in with it here, or not any more");
    const { expiresAtSeconds, sealed } = entry;
    const decipher = createDecipheriv(
      "aes-256-gcm",
      this.#hash("seal", name),
      sealed.subarray(0, ivBytes),
    );
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
    try {
      const text =
        decipher.update(sealed.subarray(ivBytes, sealed.length - tagBytes), undefined, "utf8") +
        decipher.final("utf8");
      const kept = JSON.parse(text) as Readonly<Record<string, unknown>> & { readonly sub: string };
      return this.#rules.callerOf(kept, kept.sub, expiresAtSeconds);
    } catch {
      return unknown("what is kept of it was sealed with another key");
    }
  }

  #seal(name: string, text: string): Buffer {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv("aes-256-gcm", this.#hash("seal", name), iv);
    return Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  }

  #nameOf(name: string): string {
    return this.#hash("name", name).toString("base64url");
  }

  /** Another for each use and each source. */
  #hash(use: "name" | "owner" | "seal", text: string): Buffer {
    const { source } = this.#rules;
    return createHmac("sha256", this.#key).update(`learned ${use}\n${source}\n${text}`).digest();
  }
}

const unknown = (detail: string): Refusal => refuse(problems["session-invalid"], { detail });

const lost = (detail: string): Refusal =>
  refuse(problems["caller-unknown"], { detail, retryAfterSeconds: 2 });
