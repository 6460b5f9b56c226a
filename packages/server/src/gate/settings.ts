import type { EvidenceRow } from "@portcullis/guard/ownership";
import type {
  Grant,
  Impersonation,
  ImpersonationWish,
  SharedBuckets,
  SharedBytes,
  GivenBack,
  LearnedEntry,
  NamedCaller,
  SharedLearned,
  SharedSeatTable,
  SharedProvenance,
  SharedFlowTable,
  SharedPressureTable,
  ResponseRule,
  SharedReplay,
  SharedStages,
} from "@portcullis/guard/state";
import type { Switch } from "@portcullis/guard/policy";
import type { SharedRecords } from "@portcullis/guard/records";
import type { HeldCaller, Jwks, Revocation } from "@portcullis/guard/tokens";
import type { SealedSubject } from "./subject-notes.ts";
import type { AssertionKey } from "../keys/identity-assertion.ts";
import type { ListenerBounds } from "../listener/bounds.ts";
import type { ServerCertificate } from "../listener/listener.ts";
import type { ImpersonationAnswer } from "./ask-impersonations.ts";
import type { QuotaAnswers, QuotaQuestions } from "./ask-quotas.ts";
import type { UpstreamTlsTexts } from "../upstream/tls-settings.ts";
import type { PlanBytes } from "../policy/plan-bytes.ts";
import type { SharedConcurrency } from "../upstream/shared-concurrency.ts";
import type { Counts } from "../watch/request-counts.ts";
import type { SourcesCounted } from "../watch/source-counts.ts";
import type { SpendingTold } from "../watch/spending.ts";
import type { TokenTimesCounted } from "../watch/token-times.ts";

/**
 * What the control thread hands to each gate thread: plain data, so that it travels; each thread
 * compiles it for itself.
 */
export interface GateSettings {
  readonly plan: PlanBytes;
  readonly buckets: SharedBuckets;
  /** What seals ids, the current one first; empty when none are sealed. */
  readonly sealingSecrets: readonly Uint8Array[];
  /** Bearer tokens for decision points, by their names. */
  readonly decisionPointTokens: Readonly<Record<string, string>>;
  /** What stands in the secrets and files of the sources of callers, by their names. */
  readonly sourceTexts: Readonly<Record<string, string>>;
  /** What stands in the files of `upstream.tls`, by the settings that name them. */
  readonly upstreamTexts: Readonly<Record<string, UpstreamTlsTexts>>;
  /** The keys of `identity.issuer`. */
  readonly keys: Jwks | undefined;
  /** The keys of other issuers, by issuer and address. */
  readonly sourceKeys: Readonly<Record<string, Jwks>>;
  /** What nonces for proofs of possession are made of, the same on every node. */
  readonly nonceSecret: Uint8Array;
  /** What records name objects and people by, the same on every thread. */
  readonly recordSecret: Uint8Array;
  /** What seals whom a pseudonym stands for; undefined where that is not kept. */
  readonly subjectKey: Uint8Array | undefined;
  /** Proofs that were used. */
  readonly replay: SharedReplay;
  /** Callers whose requests cost more. */
  readonly pressure: SharedPressureTable;
  /** Who has taken which steps. */
  readonly flows: SharedFlowTable;
  /** Sessions and devices that were seen in stages by app version. */
  readonly stages: SharedStages;
  /** Ids that callers were shown; undefined where nothing asks for them, or Redis keeps them. */
  readonly provenance: SharedProvenance | undefined;
  /** Who has signed in with which credential of the backend's. */
  readonly learned: SharedLearned;
  /** What asking Redis has taken. */
  readonly stateMeasures: SharedArrayBuffer;
  /** Counters of writes. */
  readonly writes: SharedArrayBuffer;
  /** WebSockets of each caller. */
  readonly webSocketSeats: SharedSeatTable;
  readonly revocations: readonly Revocation[];
  /** What people have let others use. */
  readonly grants: readonly Grant[];
  /** Who acts in whose name. */
  readonly impersonations: readonly Impersonation[];
  /** Modes that were set while the program runs. */
  readonly switches: readonly Switch[];
  /** What is done about attacks. */
  readonly responses: readonly ResponseRule[];
  /** What threads hold of bodies and answers. */
  readonly heldBytes: SharedBytes;
  /** Where this thread leaves its records. */
  readonly records: SharedRecords;
  /** What backends work on. */
  readonly concurrency: SharedConcurrency;
  /** Which of the threads this one is. */
  readonly seat: number;
  /** Addresses from which somebody has signed in lately. */
  readonly knownPeers: SharedStages;
  /** What time it is. */
  readonly clock: SharedArrayBuffer;
  /** When it was last known what is revoked; undefined where nothing keeps revocations. */
  readonly lastLook: SharedArrayBuffer | undefined;
  /** Whether callers may present a certificate. */
  readonly askCertificate: boolean;
  readonly assertionKey: AssertionKey;
  /** Who signs the assertions: the public address, or the gate by name. */
  readonly assertionIssuer: string;
  readonly host: string;
  readonly port: number;
  readonly tls:
    | (ServerCertificate & {
        readonly minVersion: "TLSv1.2" | "TLSv1.3";
        readonly ticketKeys: Buffer;
      })
    | undefined;
  /** What Strict-Transport-Security says on answers to requests that came encrypted. */
  readonly strictTransportSecurity: string | undefined;
  /** Proxies that the operator trusts say in a PROXY header whom they speak for. */
  readonly proxyProtocol: boolean;
  /** How long callers may take, and how many of them there may be. */
  readonly bounds: ListenerBounds;
  readonly headerFields: number;
}

/**
 * The app's session, and how often its refresh token had been rotated when the token that was used
 * was made.
 */
export type SeenGeneration = readonly [sessionId: string, generation: number];

/** What a changed policy changes. */
export type PlanSettings = Pick<
  GateSettings,
  "plan" | "buckets" | "sealingSecrets" | "decisionPointTokens" | "sourceTexts" | "upstreamTexts"
>;

export type ToGate =
  /** Serve on, and ask callers to go elsewhere. */
  | { readonly kind: "lame" }
  | { readonly kind: "drain"; readonly drainMs: number }
  | { readonly kind: "certificate"; readonly certificate: ServerCertificate }
  | { readonly kind: "ticket-keys"; readonly keys: Buffer }
  /** Without an id, those of `identity.issuer`. */
  | { readonly kind: "keys"; readonly keys: Jwks; readonly keysId?: string }
  | { readonly kind: "grants"; readonly grants: readonly Grant[] }
  | { readonly kind: "impersonations"; readonly sessions: readonly Impersonation[] }
  /** What the store says to who would act for somebody. */
  | { readonly kind: "impersonate"; readonly ask: number; readonly answer: ImpersonationAnswer }
  | { readonly kind: "switches"; readonly switches: readonly Switch[] }
  | { readonly kind: "responses"; readonly rules: readonly ResponseRule[] }
  | { readonly kind: "revocations"; readonly revocations: readonly Revocation[] }
  /** What the store says to what was asked of quotas. */
  | { readonly kind: "quotas"; readonly ask: number; readonly answers: QuotaAnswers }
  /** Give back what limits have taken of somebody. */
  | { readonly kind: "give-back"; readonly ask: number; readonly named: NamedCaller }
  /** Make this plan ready, while the one that serves goes on serving. */
  | { readonly kind: "prepare"; readonly change: number; readonly settings: PlanSettings }
  /** Every thread is ready: serve by it. */
  | { readonly kind: "serve"; readonly change: number }
  /** Some thread could not: forget it. */
  | { readonly kind: "discard"; readonly change: number };

export type FromGate =
  | { readonly kind: "listening"; readonly port: number }
  /** The plan of this change is ready, or why it cannot be. */
  | { readonly kind: "prepared"; readonly change: number; readonly fault: string | undefined }
  | { readonly kind: "given-back"; readonly ask: number; readonly given: GivenBack }
  | { readonly kind: "spending"; readonly told: SpendingTold }
  /** This thread must end, and waits to be told when: somebody else has to listen first. */
  | { readonly kind: "ending"; readonly message: string }
  | { readonly kind: "evidence"; readonly rows: readonly EvidenceRow[] }
  | { readonly kind: "unknown-key"; readonly keysId: string | undefined }
  /** Tokens of these generations have reached their app: it has used them. */
  | { readonly kind: "seen"; readonly generations: readonly SeenGeneration[] }
  /** Who has signed in with a credential of the backend's; undefined: nobody any more. */
  | {
      readonly kind: "learned";
      readonly name: string;
      readonly entry: LearnedEntry | undefined;
    }
  /** A response revokes what this caller was given. */
  | { readonly kind: "held-caller"; readonly rule: string; readonly caller: HeldCaller }
  | { readonly kind: "token-times"; readonly times: TokenTimesCounted }
  | { readonly kind: "sources"; readonly sources: SourcesCounted }
  /** How far another machine's clock is ahead of the one that threads share. */
  | { readonly kind: "time"; readonly witness: string; readonly aheadMs: number }
  | { readonly kind: "trouble"; readonly message: string }
  /** A part that many requests share: why it is lost, or that it answers. */
  | { readonly kind: "part"; readonly part: string; readonly lost: string | undefined }
  /** Something failed that belongs to no request. */
  | { readonly kind: "fault"; readonly message: string }
  /** So many records wait to be read that nobody should wait any longer. */
  | { readonly kind: "records" }
  /** Whom pseudonyms of a day stand for, sealed. */
  | {
      readonly kind: "subjects";
      readonly day: string;
      readonly subjects: readonly SealedSubject[];
    }
  /** Requests whose record found no room. */
  | { readonly kind: "missed"; readonly count: number; readonly counts: Counts | undefined }
  /** What requests take of quotas in the store. */
  | { readonly kind: "quotas"; readonly questions: QuotaQuestions }
  /** Somebody would act for somebody else. */
  | { readonly kind: "impersonate"; readonly ask: number; readonly wish: ImpersonationWish }
  | { readonly kind: "failed"; readonly message: string; readonly code: string | undefined };
