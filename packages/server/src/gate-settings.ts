import type { Mode } from "@portcullis/guard/control";
import type { DecisionRecord } from "@portcullis/guard/decision-record";
import type { ApiDocument } from "@portcullis/guard/operation";
import type { ServerCertificate } from "./listener/listener.ts";
import type { Counts } from "./watch/request-counts.ts";

/** What the control thread hands to each gate thread: plain data, so that it travels; each thread compiles it for itself. */
export interface GateSettings {
  readonly apis: readonly { readonly document: ApiDocument; readonly targets: readonly string[]; readonly apiVersion: string | undefined }[];
  readonly mode: Mode;
  readonly host: string;
  readonly port: number;
  readonly tls: (ServerCertificate & { readonly minVersion: "TLSv1.2" | "TLSv1.3"; readonly ticketKeys: Buffer }) | undefined;
  readonly trustedProxies: readonly string[];
  readonly headerFields: number;
}

export type ToGate = { readonly kind: "drain"; readonly drainMs: number } | { readonly kind: "certificate"; readonly certificate: ServerCertificate };

export type FromGate =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "records"; readonly records: DecisionRecord[]; readonly counts: Counts | undefined }
  | { readonly kind: "failed"; readonly message: string; readonly code: string | undefined };
