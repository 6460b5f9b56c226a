import { availableParallelism } from "node:os";
import type { Policy } from "../policy/program-policy.ts";
import { OwnerEvidence } from "@portcullis/guard/ownership";
import { openAdminCredential } from "../admin/admin-credential.ts";
import { GateFleet } from "../gate/fleet.ts";
import { judgedNow } from "../gate/judged-clock.ts";
import type { ToGate } from "../gate/settings.ts";
import { makeAssertionKey } from "../keys/identity-assertion.ts";
import { chooseTls } from "../listener/choose-tls.ts";
import { watchFiles } from "../policy/watch-files.ts";
import { openProvenance } from "../gate/provenance-file.ts";
import { SharedParts } from "../watch/shared-parts.ts";
import { SourceCounts } from "../watch/source-counts.ts";
import { Spenders } from "../watch/spenders.ts";
import { TokenTimes } from "../watch/token-times.ts";
import { adminParts } from "./admin-parts.ts";
import { openAdmin } from "./admin-port.ts";
import { QuotaAnswering } from "./answer-quotas.ts";
import { alertsOf } from "./alert-settings.ts";
import { AttackWatching } from "./attack-watching.ts";
import { ServingCertificate } from "./certificate.ts";
import { exportsOf } from "./export-settings.ts";
import { fleetReports } from "./fleet-reports.ts";
import { readGateSecrets } from "./gate-secrets.ts";
import { administrationsOf } from "./administrations.ts";
import { OpenConsole, withConsole } from "./console-entry.ts";
import { keepAuditChained } from "./audit-chaining.ts";
import { keepingOf } from "./keep-records.ts";
import { keepClock } from "./clock-keeping.ts";
import { answerManyEnds } from "./many-ends.ts";
import { PressureNow } from "./pressure-now.ts";
import { claimPorts, gatePort, openCleartext } from "./ports.ts";
import { nameSecrets, openRecordSinks } from "./record-sinks.ts";
import { Reloads } from "./reloads.ts";
import { responsePortsOf } from "./response-ports.ts";
import { abandon, close, type Open, type Running } from "./running.ts";
import { Serving } from "./serving.ts";
import { settingsForGates } from "./settings-for-gates.ts";
import { allocateSharedState } from "./shared-state.ts";
import { switchWords } from "./switch-feed.ts";
import { TicketKeys } from "./ticket-keys.ts";
import { TrustedIssuer } from "./trusted-issuer.ts";
import type { UpOptions } from "./up-options.ts";

const watchEveryMs = 300;

/** The only place that constructs: the control thread's parts, and a gate thread per core. */
export async function up(options: UpOptions): Promise<Running> {
  const { directory, environment, faults, onReloaded, planned, read, say } = options;
  const { folder, plan, policy } = planned;
  const { listen } = policy;
  const threads = listen?.threads ?? availableParallelism();
  const tls = await chooseTls(listen, folder, directory, environment);
  const ports = await claimPorts(policy, tls !== undefined);
  const credential = openAdminCredential(directory);
  const { exporting, kept, records, writer } = openRecordSinks({
    policy,
    directory,
    recordsTo: options.recordsTo,
    followers: [(row) => attacks.follow(row)],
    isDeclaredApp: (app) => serving.policy.apps?.some(({ id }) => id === app) === true,
    say,
  });
  const [evidence, tokenTimes, spenders] = [new OwnerEvidence(), new TokenTimes(), new Spenders()];
  const sources = new SourceCounts();
  const shared = allocateSharedState(plan, listen, threads);
  const readSecrets = (of: Policy, from: string) =>
    readGateSecrets(of, from, directory, environment);
  const secrets = readSecrets(policy, folder);
  const serving = new Serving({ policy, plan, buckets: shared.buckets, secrets });
  const pressure = new PressureNow(shared.pressure, () => serving.plan);
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
    learned: shared.learned,
    onKeys: (keys) => tell({ kind: "keys", keys }),
    onSourceKeys: (keysId, keys) => tell({ kind: "keys", keys, keysId }),
    onGrants: (grants) => tell({ kind: "grants", grants }),
    onImpersonations: (sessions) => tell({ kind: "impersonations", sessions }),
    onSwitches: (switches) => (say(switchWords(switches)), tell({ kind: "switches", switches })),
    nowMs: judgedNow(shared.clock),
    onRevocations: (revocations) => tell({ kind: "revocations", revocations }),
    onPart: (part, lost) => sharedParts.note(part, "control", lost),
    onTime: (aheadMs) => clock.hear("issuer", aheadMs),
  }));
  const names = nameSecrets(kept !== undefined, directory, environment);
  const administrations = administrationsOf(issuer, serving);
  const attacks = await AttackWatching.open({
    policy,
    roles: plan.roles,
    store: issuer.store,
    recordSecret: names.recordSecret,
    alerts: alertsOf(policy, folder, environment),
    responses: responsePortsOf(issuer, administrations, (rules) =>
      tell({ kind: "responses", rules }),
    ),
    sealing: issuer.sealing,
    nowMs: judgedNow(shared.clock),
    say,
  });
  const quotas = new QuotaAnswering(issuer.store);
  const certificate = new ServingCertificate(
    tls,
    (changed) => tell({ kind: "certificate", certificate: changed }),
    say,
  );
  const ticketKeys = new TicketKeys((keys) => tell({ kind: "ticket-keys", keys }));
  const parts = {
    policy,
    tls,
    serving,
    issuer,
    certificate,
    shared,
    provenance,
    assertionKey: makeAssertionKey(),
    ticketKeys,
    ...names,
    threads,
    responses: () => attacks.rules,
  };
  const fleet = (gates.fleet = new GateFleet(
    () => settingsForGates(parts),
    fleetReports({
      records,
      kept,
      evidence,
      tokenTimes,
      spenders,
      sources,
      clock,
      issuer,
      quotas,
      sharedParts,
      attacks,
      faults,
      say,
      onManyEnds: () =>
        void answerManyEnds({
          reloads,
          forgetEnds: () => fleet.forgetEnds(),
          audit: issuer.store?.audit,
          say,
        }),
    }),
  ));
  const files = watchFiles(planned.files, watchEveryMs, () => void reloads.inTurn());
  const reloads = new Reloads({
    serving,
    read: () => read(serving.plan.bytes),
    readSecrets,
    onReloaded,
    say,
    onFiles: (changed) => files.retarget(changed),
    follow: async (changed, next) => {
      await issuer.follow(changed, next);
      attacks.use(changed, next.roles, alertsOf(changed, folder, environment));
      kept?.keep(keepingOf(changed));
      exporting.use(exportsOf(changed, folder, environment));
    },
    prepare: (settings) => fleet.prepare(settings),
  });

  const auditChain = keepAuditChained(issuer, say);
  const consoleEntry = await OpenConsole.open(options, issuer.store);
  const open: Open = {
    attacks,
    exporting,
    auditChain,
    files,
    certificate,
    console: consoleEntry,
    fleet,
    provenance,
    issuer,
    ports,
    writer,
    kept,
    say,
  };
  const leaving = { isBegun: false };
  try {
    exporting.use(exportsOf(policy, folder, environment));
    options.onServing();
    const port = await fleet.start(threads, gatePort(policy));
    let cleartextRequests = 0;
    const cleartext = await openCleartext(policy, () => (cleartextRequests += 1));
    open.cleartext = cleartext;
    const asked = adminParts({
      ...parts,
      administrations,
      attacks,
      clock,
      evidence,
      exporting,
      faults,
      fleet,
      kept,
      pressure,
      records,
      reloads,
      sharedParts,
      sources,
      spenders,
      tokenTimes,
      writer,
      isLeaving: () => leaving.isBegun,
      cleartextRequests: () => cleartextRequests,
    });
    exporting.tellMetrics(asked.metrics, attacks.nowMs);
    const answering = withConsole(asked, consoleEntry, administrations);
    const admin = await openAdmin(policy, folder, { credential, say, ...answering });
    open.admin = admin;
    return {
      port,
      adminPort: admin.port,
      cleartextPort: cleartext?.port,
      adminTokenFile: credential.file,
      ...(await consoleEntry?.entrance()),
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
