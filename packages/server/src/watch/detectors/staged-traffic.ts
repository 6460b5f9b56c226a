import { hashKinds, KeyedHash, type Signal } from "@portcullis/guard/records";
import type { Seen } from "./seen.ts";

const hash = new KeyedHash(Buffer.from("0123456789abcdef"));

/** Whoever sends a request of a staged day. */
export interface Sender {
  readonly address: string;
  readonly shape?: number;
  readonly subject?: string;
  readonly device?: string;
}

export interface Sent {
  readonly operation: string;
  readonly role?: Signal["role"];
  readonly outcome?: Signal["outcome"];
  readonly target?: string;
  readonly object?: string;
  readonly status?: number;
  readonly wasShown?: boolean;
  readonly code?: string;
  readonly decisions?: Seen["decisions"];
  readonly app?: string;
  readonly appVersion?: string;
  readonly apiVersion?: string;
}

let count = 0;

/** A request as the control thread would see it: for tests and benchmarks without a gate. */
export function stagedRequest(atMs: number, who: Sender, sent: Sent): Seen {
  count += 1;
  const { address, device = "", shape = 1, subject = "" } = who;
  const { code, decisions = [], object = "", operation, outcome, role, target = "" } = sent;
  const failed = outcome === "failure" ? 401 : 200;
  return {
    timeMs: atMs,
    traceId: count.toString(16).padStart(32, "0"),
    operation,
    method: "POST",
    path: `/${operation}`,
    app: sent.app,
    appVersion: sent.appVersion,
    apiVersion: sent.apiVersion,
    status: sent.status ?? failed,
    upstreamStatus: sent.status ?? failed,
    outcome: code === undefined ? "passed" : "refused",
    code,
    decisions,
    signedIn: subject === "" ? undefined : true,
    address: undefined,
    subject: undefined,
    answerBytes: 100,
    signal: {
      role,
      outcome,
      target: hash.of(hashKinds.target, target),
      address: hash.of(hashKinds.address, address),
      network: hash.of(hashKinds.network, address.split(".").slice(0, 3).join(".")),
      device: hash.of(hashKinds.device, device),
      subject: hash.of(hashKinds.subject, subject),
      object: hash.of(hashKinds.object, object),
      shape,
      isKeyShown: device !== "",
      wasShown: sent.wasShown,
    },
  };
}
