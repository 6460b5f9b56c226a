import type { RunTimeTables } from "./run-time-tables.ts";
import type { Generated } from "kysely";

/**
 * Moments are milliseconds since 1970, ids are text, what must not be read in a copy of the
 * database is `sealed`.
 */
export interface Schema extends RunTimeTables {
  /** What was taken of a quota of the policy's limits in the window that ends then. */
  limit_quotas: {
    /** A hash of limit and caller. */
    name: string;
    used: number;
    ends_at: number;
  };
  /**
   * What the authorization server keeps: grants, codes, refresh tokens, sessions, by the hash of
   * their names.
   */
  oidc_records: {
    model: string;
    id: string;
    grant_ref: string | null;
    uid_ref: string | null;
    /** Whose it is: what a person's password change must end. */
    account_ref: string | null;
    /** The account's, when what it belongs to began; null where it is nobody's. */
    epoch: number | null;
    sealed: Uint8Array;
    /**
     * Of refresh tokens, of which a family has one row: the generation that is live. Of those from
     * before families: how often the family was rotated before this one.
     */
    generation: number | null;
    consumed_at: number | null;
    expires_at: number | null;
  };
  /**
   * The answer to a refresh, sealed under the very token that was presented: only its holder can
   * open it.
   */
  rotation_receipts: {
    token_id: string;
    grant_ref: string;
    generation: number;
    sealed: Uint8Array;
    written_at: number;
    expires_at: number;
  };
  /** One sign-in of one app on one device, as its owner sees it. */
  app_sessions: {
    id: string;
    grant_ref: string;
    account_id: string;
    client_id: string;
    device_id: string | null;
    /** The account's at the sign-in. */
    epoch: number;
    /** App, device and system, as the sign-in said of itself. */
    label: string;
    /** From which network. */
    network: string;
    /** Its tokens end then by themselves; null: from before this was kept. */
    ends_at: number | null;
    /** The newest generation that the app is known to have received. */
    confirmed_generation: number;
    /** The newest generation that was presented and answered, and when it was first. */
    spent_generation: number | null;
    spent_at: number | null;
    created_at: number;
    used_at: number;
    ended_at: number | null;
    ended_because: string | null;
  };
  accounts: {
    id: string;
    email: string | null;
    email_verified_at: number | null;
    password: string | null;
    /** JSON list. */
    roles: string;
    tier: string | null;
    /** Raised by whatever must be in the next token: tokens of an older one are refused. */
    version: number;
    /** Raised by whatever ends all that was begun for the account. */
    epoch: number;
    created_at: number;
    disabled_at: number | null;
  };
  factors: {
    id: string;
    account_id: string;
    kind: string;
    label: string;
    sealed: Uint8Array;
    counter: number;
    created_at: number;
    used_at: number | null;
  };
  devices: {
    account_id: string;
    id: string;
    client_id: string;
    label: string;
    first_seen_at: number;
    last_seen_at: number;
    trusted_at: number | null;
    /** The account's at the last sign-in on it: trust does not outlive it. */
    epoch: number;
    removed_at: number | null;
  };
  /** Browsers in which an account was signed in, by the hash of what their cookie names them. */
  known_browsers: {
    account_id: string;
    id: string;
    epoch: number;
    label: string;
    network: string;
    first_seen_at: number;
    last_seen_at: number;
  };
  identities: { issuer: string; subject: string; account_id: string; linked_at: number };
  one_time_codes: {
    id: string;
    purpose: string;
    about: string;
    sealed: Uint8Array;
    attempts: number;
    expires_at: number;
  };
  /** Secrets of the program that outlive the key that seals them. */
  secrets: { name: string; sealed: Uint8Array };
  /** How often something was tried or asked for. */
  counters: {
    key: string;
    /** When all that was taken will have come back. */
    whole_at: number;
  };
  clients: {
    id: string;
    /** JSON. */
    metadata: string;
    created_at: number;
    disabled_at: number | null;
  };
  /** The store was brought back from a copy. */
  restorations: { said_at: number; copy_of: number };
  signing_keys: {
    kid: string;
    algorithm: string;
    /** JSON. */
    public_jwk: string;
    sealed: Uint8Array;
    created_at: number;
    signs_from: number;
    retired_at: number | null;
    gone_at: number | null;
  };
  revocations: {
    /** Grows with every row; nodes ask for what is newer. */
    position: Generated<number>;
    kind: string;
    value: string;
    least_version: number | null;
    before_seconds: number | null;
    recorded_at: number;
    expires_at: number;
  };
  /** Who has signed in at the backend, by keyed hashes of credentials, sealed under them. */
  learned_callers: { name: string; owner: Uint8Array; sealed: Uint8Array; expires_at: number };
  /** What detectors have found. */
  incidents: {
    id: string;
    started_at: number;
    last_at: number;
    severity: string;
    state: string;
    detector: string;
    mark: string | null;
    /** JSON. */
    document: string;
  };
  /** Who may use what is another's, because its owner has said so. */
  /** Who has acted in whose name within the last day. */
  impersonations: {
    id: string;
    /** Of actor, subject and reason: each of them has one session at a time. */
    digest: string;
    actor_key: string;
    subject_key: string;
    reason: string;
    /** JSON; null where nobody could tell. */
    roles: string | null;
    tier: string | null;
    account_version: number | null;
    begun_at: number;
    ends_at: number;
    /** Null while nobody has noted its end. */
    ended_at: number | null;
    ended_by: string | null;
  };
  audit: {
    id: string;
    at: number;
    actor: string;
    action: string;
    about: string;
    details: string;
    /** Its place in the chain; null until it has one, which takes about a second. */
    sequence: number | null;
    /** The hash of the entry before it. */
    previous: string | null;
    /** Of the entry, its place and the hash before it. */
    hash: string | null;
  };
  /** The newest entry of the audit's chain, sealed: whoever can only write here cannot forge it. */
  audit_head: { name: string; sequence: number; sealed: Uint8Array };
  admin_tokens: {
    name: string;
    hash: string;
    role: string;
    created_at: number;
    expires_at: number;
  };
}
