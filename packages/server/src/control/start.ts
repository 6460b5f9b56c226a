import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import type { Policy } from "../policy/program-policy.ts";
import { OwnerEvidence } from "@portcullis/guard/ownership";
import { protocolProblems } from "@portcullis/guard/problems";
import { evictedEarly } from "@portcullis/guard/state";
import { Administration } from "@portcullis/identity/administration";
import { ClientAdministration, policyClients } from "@portcullis/identity/clients";
import { openAdminCredential } from "../admin/admin-credential.ts";
import { startAdminServer } from "../admin/admin-server.ts";
import { type Administrations, adminRoutes } from "../admin/routes.ts";
import { GateFleet } from "../gate/fleet.ts";
import type { ToGate } from "../gate/settings.ts";
import { makeAssertionKey } from "../keys/identity-assertion.ts";
import { chooseTls } from "../listener/choose-tls.ts";
import type { Planned, PlanSummary } from "../policy/planned.ts";
import type { PlanBytes } from "../policy/plan-bytes.ts";
import { watchFiles } from "../policy/watch-files.ts";
import { openProvenance } from "../gate/provenance-file.ts";
import type { FaultCounts } from "../watch/fault-counts.ts";
import { createLineWriter } from "../watch/line-writer.ts";
import { prometheusText } from "../watch/prometheus.ts";
import { RecentRecords } from "../watch/recent-records.ts";
import { RequestCounts } from "../watch/request-counts.ts";
import { type PartState, partsText, SharedParts } from "../watch/shared-parts.ts";
import { TokenTimes, tokenTimesText } from "../watch/token-times.ts";
import { ServingCertificate } from "./certificate.ts";
import { readGateSecrets } from "./gate-secrets.ts";
import { keepClock } from "./clock-keeping.ts";
import { gaugesOf } from "./gauges.ts";
import { answerManyEnds } from "./many-ends.ts";
import { adminAddress, claimPorts, gatePort, openCleartext } from "./ports.ts";
import { Reloads } from "./reloads.ts";
import { abandon, close, type Open, type Running } from "./running.ts";
import { Serving } from "./serving.ts";
import { settingsForGates } from "./settings-for-gates.ts";
import { allocateSharedState } from "./shared-state.ts";
import { TrustedIssuer } from "./trusted-issuer.ts";
import { usersOf, wantedParts } from "./wanted-parts.ts";

export interface UpOptions {
  readonly planned: Planned & { readonly plan: PlanSummary; readonly policy: Policy };
  /** Reads policy and documents again, on a thread of its own. */
  readonly read: (before: PlanBytes) => Promise<Planned>;
  /** Where `.portcullis/` lies. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The file descriptor that records go to; the standard output unless given. */
  readonly recordsTo: number | undefined;
  /** What a person at the terminal should know. */
  readonly say: (message: string) => void;
  /** Where what fails beside the requests is counted. */
  readonly faults: FaultCounts;
  /** Said when a changed policy was read: its faults, or none. */
  readonly onReloaded: (read: Planned) => void;
}

const watchEveryMs = 300;
const keptRecords = 5000;

/** The only place that constructs: the control thread's parts, and a gate thread per core. */
export async function up(options: UpOptions): Promise<Running> {
  const { directory, environment, faults, onReloaded, planned, read, say } = options;
  const { folder, plan, policy } = planned;
  const { listen } = policy;
  const threads = listen?.threads ?? availableParallelism();

  const tls = await chooseTls(listen, folder, directory, environment);
  const ports = await claimPorts(policy, tls !== undefined);
  const credential = openAdminCredential(directory);
  const writer = createLineWriter(options.recordsTo ?? 1, { onTrouble: say });
  const counts = new RequestCounts();
  const recent = new RecentRecords(keptRecords);
  const evidence = new OwnerEvidence();
  const tokenTimes = new TokenTimes();
  const shared = allocateSharedState(plan, listen, threads);
  const readSecrets = (of: Policy, from: string) =>
    readGateSecrets(of, from, directory, environment);
  const secrets = readSecrets(policy, folder);
  const serving = new Serving({ policy, plan, buckets: shared.buckets, secrets });
  const provenance = await openProvenance(
    directory,
    plan.state === "memory" ? plan.controls.provenance?.memory : undefined,
    say,
  );

  const sharedParts = new SharedParts(say);
  // Gate threads begin with what holds when they are started: nothing is told before.
  const gates: { fleet?: GateFleet; issuer?: TrustedIssuer } = {};
  const tell = (message: ToGate): void => gates.fleet?.tell(message);
  const clock = keepClock(shared.clock, serving, (why) => {
    sharedParts.note("clock", "control", why);
    if (why !== undefined) gates.issuer?.askAgain(undefined);
  });
  const issuer = (gates.issuer = await TrustedIssuer.open({
    policy,
    plan,
    folder,
    directory,
    environment,
    say,
    onKeys: (keys) => tell({ kind: "keys", keys }),
    onSourceKeys: (keysId, keys) => tell({ kind: "keys", keys, keysId }),
    onRevocations: (revocations) => tell({ kind: "revocations", revocations }),
    onPart: (part, lost) => sharedParts.note(part, "control", lost),
    onTime: (aheadMs) => clock.hear("issuer", aheadMs),
  }));
  const certificate = new ServingCertificate(
    tls,
    (changed) => tell({ kind: "certificate", certificate: changed }),
    say,
  );
  const parts = {
    policy,
    tls,
    serving,
    issuer,
    certificate,
    shared,
    provenance,
    assertionKey: makeAssertionKey(),
    ticketKeys: randomBytes(48),
    threads,
  };
  const fleet = (gates.fleet = new GateFleet(() => settingsForGates(parts), {
    onRecords: (lines, count, more) => {
      if (more !== undefined) counts.merge(more);
      recent.add(lines, count);
      writer.write(lines, count);
    },
    onEvidence: (rows) => evidence.merge(rows),
    onTokenTimes: (times) => tokenTimes.merge(times),
    onTime: (witness, aheadMs) => clock.hear(witness, aheadMs),
    onUnknownKey: (keysId) => issuer.askAgain(keysId),
    onSeen: (generations) => issuer.seen(generations),
    onTrouble: say,
    onPart: (thread, part, lost) => sharedParts.note(part, usersOf(part, thread), lost),
    onThreadEnd: (thread) => sharedParts.forget(thread),
    onManyEnds: () =>
      void answerManyEnds({
        reloads,
        forgetEnds: () => fleet.forgetEnds(),
        audit: issuer.store?.audit,
        say,
      }),
    onFault: (message) => {
      faults.note("gate");
      say(message);
    },
  }));
  const files = watchFiles(planned.files, watchEveryMs, () => void reloads.inTurn());
  const reloads = new Reloads({
    serving,
    read: () => read(serving.plan.bytes),
    readSecrets,
    onReloaded,
    say,
    onFiles: (changed) => files.retarget(changed),
    follow: (changed, next) => issuer.follow(changed, next),
    prepare: (settings) => fleet.prepare(settings),
  });

  const partsNow = (): readonly PartState[] => sharedParts.all(wantedParts(serving, issuer));

  const open: Open = { files, certificate, fleet, provenance, issuer, ports, writer, say };
  const leaving = { isBegun: false };
  try {
    const port = await fleet.start(threads, gatePort(policy));
    let cleartextRequests = 0;
    const cleartext = await openCleartext(policy, () => (cleartextRequests += 1));
    open.cleartext = cleartext;
    const admin = await startAdminServer({
      ...adminAddress(policy),
      credential,
      say,
      routes: adminRoutes({
        metrics: () =>
          prometheusText(
            counts.all(),
            gaugesOf({
              gateThreads: fleet.size,
              records: { stdout: writer.counts },
              faults: faults.all(),
              cleartextRequests:
                cleartextRequests + counts.decided(protocolProblems["cleartext-refused"].code),
              reloads: reloads.count,
              reloadsRefused: reloads.refused,
              reloadsUndone: reloads.undone,
              gateThreadsEnded: fleet.ended,
              clock: clock.gauge(),
              limitEvictions: evictedEarly(serving.planSettings.buckets),
              provenance: provenance.counts(),
            }),
          ) +
          tokenTimesText(tokenTimes.all()) +
          partsText(partsNow()),
        notReady: () => (leaving.isBegun ? "it is stopping" : missingKeys(serving, issuer)),
        degraded: () => partsNow().filter(({ lost }) => lost !== undefined),
        evidence: () => evidence.all(),
        records: (filter, most) => recent.find(filter, most),
        administrations: administrationsOf(issuer, serving),
      }),
    });
    open.admin = admin;
    return {
      port,
      adminPort: admin.port,
      cleartextPort: cleartext?.port,
      adminTokenFile: credential.file,
      authorityFile: tls?.authorityFile,
      threads,
      reload: () => reloads.inTurn(),
      close: (times) => {
        leaving.isBegun = true;
        return close(open, times);
      },
    };
  } catch (fault) {
    await abandon(open);
    throw fault;
  }
}

function missingKeys({ plan }: Serving, { keys }: TrustedIssuer): string | undefined {
  const { authentication } = plan.controls;
  const { main } = authentication ?? {};
  return main !== undefined && keys === undefined
    ? `the keys of ${main.issuer} were not yet obtained`
    : undefined;
}

/** By the roles and apps of the policy that serves just now. */
function administrationsOf(
  { sealing, store }: TrustedIssuer,
  serving: Serving,
): Administrations | undefined {
  if (store === undefined || sealing === undefined) return undefined;
  return {
    people: () =>
      new Administration(store, sealing, "admin", Object.keys(serving.policy.roles ?? {})),
    clients: () => new ClientAdministration(store, sealing, "admin", policyClients(serving.policy)),
    audit: store.audit,
  };
}
