import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Answer, createGate, type DecisionRecord, type GatePorts } from "@portcullis/guard";
import { type AskDecisionPoint, IdSealer } from "@portcullis/guard/ownership";
import {
  allocateSharedBuckets,
  allocateSharedProvenance,
  allocateSharedReplay,
  SharedMemoryState,
  SharedProvenanceState,
  SharedReplayState,
} from "@portcullis/guard/state";
import { createDpopNonces, type KeySource } from "@portcullis/guard/tokens";
import type { Upstream } from "@portcullis/guard/upstream";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";

export interface Got {
  readonly status: number;
  /** What the record says of it. */
  readonly code: string | undefined;
  readonly body: string;
  /** Flat: name, value. */
  readonly headers: readonly string[];
  /** What was decided, and by which mode: `answer-undeclared enforce`. */
  readonly decisions: readonly string[];
  /** The rules of the policy that decided so, as the record has them. */
  readonly rules: readonly string[];
  readonly record: DecisionRecord | undefined;
}

/** Claims of the caller's token beyond its subject; signatures are not looked at. */
export type Claims = Readonly<Record<string, unknown>>;

/** `json` is sent as it is where a content type stands among the headers. */
export type Ask = (
  user: string,
  method: string,
  target: string,
  json?: unknown,
  headers?: readonly string[],
) => Promise<Got>;

/**
 * A gate without sockets, for questions by the hundred thousand: document and policy as
 * text, a backend as an object.
 */
export async function plannedJourney({
  authorizationOf = (token) => `Bearer ${token}`,
  backend,
  claimsOf = () => ({}),
  decisionPoint,
  document,
  grants,
  onTokenTimes,
  policy,
  ports = {},
  revocationsAge,
  sealingKey,
}: {
  readonly document: string;
  readonly policy: string;
  readonly backend: Upstream;
  readonly claimsOf?: (user: string) => Claims;
  readonly sealingKey?: Buffer;
  /** Every decision point of the policy. */
  readonly decisionPoint?: AskDecisionPoint;
  readonly grants?: GatePorts["grants"];
  readonly onTokenTimes?: GatePorts["onTokenTimes"];
  /** Further ports, and others in place of these. */
  readonly ports?: Partial<GatePorts>;
  /** How many seconds ago it was last known what is revoked. */
  readonly revocationsAge?: () => number;
  /** How the caller's token is sent; Bearer unless given. */
  readonly authorizationOf?: (token: string) => string;
}): Promise<Ask> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-journey-"));
  writeFileSync(join(directory, "openapi.yaml"), document);
  writeFileSync(join(directory, "portcullis.yaml"), policy);
  const { faults, plan } = await loadPolicy({
    file: join(directory, "portcullis.yaml"),
    environment: {},
    flags: [],
  });
  if (plan === undefined)
    throw new Error(
      `the policy is not understood: ${faults.map((fault) => `${fault.message} (expected ${fault.expected ?? "otherwise"})`).join("\n")}`,
    );
  const state = new SharedMemoryState(allocateSharedBuckets(4096, [1, 2]));
  let recorded: DecisionRecord | undefined;
  const gate = createGate({
    plan,
    ports: {
      upstream: () => backend,
      limits: state,
      localLimits: state,
      keys: anySignature,
      onTokenTimes,
      revocationsAge,
      proofs: {
        nonces: createDpopNonces(Buffer.alloc(32)),
        replay: new SharedReplayState(allocateSharedReplay(64, [1, 2, 3, 4])),
      },
      decisionPoint: decisionPoint === undefined ? undefined : () => decisionPoint,
      provenance:
        plan.controls.provenance === undefined
          ? undefined
          : new SharedProvenanceState(
              allocateSharedProvenance({ callers: 1000, idsEach: 50, mostEach: 100 }, [1, 2, 3, 4]),
            ),
      sealer: sealingKey === undefined ? undefined : new IdSealer([sealingKey]),
      recordSecret,
      grants,
      record: (record) => {
        recorded = record;
      },
      ...ports,
    },
  });

  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const tokens = new Map<string, string>();
  const tokenOf = (user: string): string => {
    let token = tokens.get(user);
    if (token === undefined)
      tokens.set(
        user,
        (token = `${part({ alg: "ES256", typ: "at+jwt" })}.${part({ iss: "https://login.example", aud: "x", sub: user, ...claimsOf(user), exp })}.${Buffer.alloc(64).toString("base64url")}`),
      );
    return token;
  };
  return (user, method, target, json, sent = []) => {
    const ownType = sent.some((name) => name.toLowerCase() === "content-type");
    const body =
      json === undefined
        ? undefined
        : Buffer.isBuffer(json)
          ? json
          : Buffer.from(ownType && typeof json === "string" ? json : JSON.stringify(json));
    const rawHeaders = [
      "Host",
      /publicUrl: https?:\/\/([^\s/]+)/.exec(policy)?.[1] ?? "h",
      "Authorization",
      authorizationOf(tokenOf(user)),
      ...sent,
      ...(body === undefined
        ? []
        : [
            ...(ownType ? [] : ["Content-Type", "application/json"]),
            "Content-Length",
            String(body.length),
          ]),
    ];
    return new Promise((resolve) => {
      let status = 0;
      let headers: readonly string[] = [];
      let written = "";
      const got = (rest: string): Got => ({
        status,
        code: recorded?.code,
        body: written + rest,
        headers,
        decisions: recorded?.decisions.map(({ code, mode }) => `${code} ${mode}`) ?? [],
        rules: recorded?.decisions.flatMap(({ rule }) => rule ?? []) ?? [],
        record: recorded,
      });
      const answer: Answer = {
        headersSent: false,
        writableEnded: true,
        writeHead: (given: number, fields: string[]) => {
          status = given;
          headers = fields;
        },
        write: (chunk) => {
          written += chunk.toString();
          return true;
        },
        end: (chunk?: Buffer | string) =>
          setImmediate(() => resolve(got(chunk === undefined ? "" : chunk.toString()))),
        once: () => undefined,
        destroy: () => resolve({ ...got(""), status: 0 }),
      };
      gate.handle(
        {
          method,
          target,
          rawHeaders,
          httpVersion: "1.1",
          peerAddress: "192.0.2.1",
          encrypted: true,
          endsWithHead: body === undefined,
          body: body === undefined ? Readable.from([]) : Readable.from([body]),
        },
        answer,
      );
    });
  };
}

/** By which the records of these journeys name objects and people. */
export const recordSecret = Buffer.alloc(32, 7);

/** What is asked here is never whether a signature holds. */
const anySignature: KeySource = {
  keySet: () => ({ size: 1, checkSignature: () => undefined }),
  watch: () => () => undefined,
};
