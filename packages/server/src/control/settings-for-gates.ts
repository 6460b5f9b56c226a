import type { ResponseRule } from "@portcullis/guard/state";
import type { Policy } from "../policy/program-policy.ts";
import type { CommonSettings } from "../gate/fleet.ts";
import type { AssertionKey } from "../keys/identity-assertion.ts";
import { listenerBounds } from "../listener/bounds.ts";
import { type ChosenTls, hstsOf } from "../listener/choose-tls.ts";
import type { ProvenanceFile } from "../gate/provenance-file.ts";
import type { ServingCertificate } from "./certificate.ts";
import { gateHost } from "./ports.ts";
import type { Serving } from "./serving.ts";
import type { SharedState } from "./shared-state.ts";
import type { TrustedIssuer } from "./trusted-issuer.ts";

export interface GateParts {
  /** As it was at the start: where the gate listens does not change while it runs. */
  readonly policy: Pick<Policy, "listen" | "publicUrl">;
  readonly tls: ChosenTls | undefined;
  readonly serving: Serving;
  readonly issuer: TrustedIssuer;
  readonly certificate: ServingCertificate;
  readonly shared: SharedState;
  readonly provenance: ProvenanceFile;
  readonly assertionKey: AssertionKey;
  /** Of TLS sessions, the same on every thread: a session begun on one goes on at another. */
  readonly ticketKeys: { readonly current: Buffer };
  /** What records name objects and people by. */
  readonly recordSecret: Uint8Array;
  /** What seals whom pseudonyms stand for, the current key first; none where that is not kept. */
  readonly subjectKeys: readonly Uint8Array[];
  /** What is done about attacks, as it holds at the moment. */
  readonly responses: () => readonly ResponseRule[];
  /** How many gate threads share the connections. */
  readonly threads: number;
}

const mostHeaderFields = 100;

/** What a gate thread begins with, as it holds at this moment. */
export function settingsForGates(parts: GateParts): CommonSettings {
  const { certificate, issuer, policy, provenance, serving, shared, ticketKeys, tls } = parts;
  const { listen, publicUrl } = policy;
  const { authentication, binding } = serving.plan.controls;
  const isShown = authentication?.sources.some(({ kind }) => kind === "certificate") === true;
  return {
    ...serving.planSettings,
    keys: issuer.keys,
    sourceKeys: issuer.sourceKeys,
    nonceSecret: issuer.nonceSecret,
    recordSecret: parts.recordSecret,
    subjectKey: parts.subjectKeys[0],
    revocations: issuer.revocations,
    grants: issuer.permissions?.grants ?? [],
    impersonations: issuer.permissions?.impersonations ?? [],
    switches: issuer.permissions?.switches ?? [],
    responses: parts.responses(),
    lastLook: issuer.lastLook,
    replay: shared.replay,
    pressure: shared.pressure,
    flows: shared.flows,
    stages: shared.stages,
    writes: shared.writes,
    stateMeasures: shared.stateMeasures,
    learned: shared.learned,
    clock: shared.clock,
    knownPeers: shared.knownPeers,
    heldBytes: shared.heldBytes,
    concurrency: shared.concurrency,
    webSocketSeats: shared.webSocketSeats,
    provenance: provenance.shared,
    askCertificate: isShown || binding.binding === "mtls" || binding.binding === "optional",
    assertionKey: parts.assertionKey,
    assertionIssuer: publicUrl ?? "portcullis",
    host: gateHost(policy, tls !== undefined),
    tls:
      certificate.current === undefined || tls === undefined
        ? undefined
        : {
            cert: certificate.current.cert,
            key: certificate.current.key,
            minVersion: tls.minVersion,
            ticketKeys: ticketKeys.current,
          },
    strictTransportSecurity: hstsOf(listen, tls),
    proxyProtocol: listen?.proxyProtocol === true,
    bounds: listenerBounds(listen, parts.threads),
    headerFields: mostHeaderFields,
  };
}
