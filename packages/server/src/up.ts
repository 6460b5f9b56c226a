import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { OwnerEvidence } from "@portcullis/guard/authorization/owner-evidence";
import type { Plan } from "@portcullis/guard/policy/plan";
import type { Policy } from "@portcullis/guard/policy/policy-schema";
import { allocateSharedBuckets } from "@portcullis/guard/state/shared-memory";
import { allocateSharedReplay } from "@portcullis/guard/state/shared-replay";
import { allocateWriteVersions } from "@portcullis/guard/state/write-versions";
import { openAdminCredential } from "./admin/admin-credential.ts";
import { ClientAdministration } from "./accounts/client-administration.ts";
import { Administration } from "./accounts/administration.ts";
import { type AdminView, startAdminServer } from "./admin/admin-server.ts";
import { answerClients } from "./admin/clients.ts";
import { answerPeople } from "./admin/people.ts";
import { GateFleet } from "./gate-fleet.ts";
import type { GateSettings } from "./gate-settings.ts";
import { policyClients } from "./issuer/client-registry.ts";
import { makeAssertionKey } from "./keys/identity-assertion.ts";
import { IdentityService } from "./identity-service.ts";
import { readSecret } from "./keys/read-secret.ts";
import { sealingSecrets } from "./keys/sealing-secrets.ts";
import { chooseTls, hstsOf } from "./listener/choose-tls.ts";
import { openCleartextPort } from "./listener/cleartext-port.ts";
import { openProvenance } from "./provenance-file.ts";
import type { Loaded } from "./policy/load-policy.ts";
import { watchFiles } from "./policy/watch-files.ts";
import { prometheusText } from "./watch/prometheus.ts";
import { RecentRecords } from "./watch/recent-records.ts";
import { createRecordWriter } from "./watch/record-writer.ts";
import { RequestCounts } from "./watch/request-counts.ts";

export interface UpOptions {
  readonly loaded: Loaded & { readonly plan: Plan; readonly policy: Policy };
  /** Reads policy and documents again. */
  readonly load: () => Promise<Loaded>;
  /** Where `.portcullis/` lies. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The file descriptor that records go to; the standard output unless given. */
  readonly recordsTo: number | undefined;
  /** What a person at the terminal should know. */
  readonly say: (message: string) => void;
  /** Said when a changed policy was read: its faults, or none. */
  readonly onReloaded: (loaded: Loaded, applied: boolean) => void;
}

export interface Running {
  readonly port: number;
  readonly adminPort: number;
  readonly cleartextPort: number | undefined;
  readonly adminTokenFile: string;
  readonly authorityFile: string | undefined;
  readonly threads: number;
  /** Resolves when the new plan serves on every thread, or was refused. */
  reload(): Promise<boolean>;
  close(drainMs: number): Promise<void>;
}

const watchEveryMs = 300;
/** What a running gate does not change: where it listens, and as whom it speaks. */
const startOnly = (policy: Policy | undefined): string => JSON.stringify([policy?.listen, policy?.admin, policy?.publicUrl, policy?.store, policy?.provenance === undefined, policy?.identity?.accessToken?.binding]);
const keptRecords = 5000;
/** Proofs of possession that are remembered as used, for the minutes in which they could be used again. */
const keptProofs = 1_048_576;

/** By the roles of the policy that serves just now. */
function whoMayOf({ sealing, store }: IdentityService, policy: () => Policy): AdminView["people"] {
  if (store === undefined || sealing === undefined) return undefined;
  const { db } = store;
  return async (method, url, body) =>
    (await answerClients(new ClientAdministration(db, sealing, "admin", policyClients(policy())), method, url, body)) ?? answerPeople(new Administration(db, "admin", Object.keys(policy().roles ?? {})), db, method, url, body);
}

/** The only place that constructs: the control thread's parts, and a gate thread per core. */
export async function up(options: UpOptions): Promise<Running> {
  const { directory, environment, loaded, say } = options;
  const { listen } = loaded.policy;
  let { plan, policy: current } = loaded;
  const tls = await chooseTls(listen, loaded.folder, directory, environment);
  let certificate = tls?.certificate;
  const ticketKeys = randomBytes(48);
  const credential = openAdminCredential(directory);
  const writer = createRecordWriter(options.recordsTo ?? 1);
  const counts = new RequestCounts();
  const recent = new RecentRecords(keptRecords);
  const assertionKey = makeAssertionKey();
  const seed = randomBytes(8);
  let buckets = allocateSharedBuckets(plan.limitKeys, [seed.readInt32LE(0), seed.readInt32LE(4)]);
  const secretsOf = (policy: Policy, folder: string): Pick<GateSettings, "sealingSecrets" | "decisionPointTokens"> => ({
    sealingSecrets: sealingSecrets(policy, folder, directory, environment),
    decisionPointTokens: Object.fromEntries(Object.entries(policy.decisionPoints ?? {}).flatMap(([name, { token }]) => (token === undefined ? [] : [[name, readSecret(token, `decisionPoints, ${name}`, folder, environment)]]))),
  });
  let secrets = secretsOf(loaded.policy, loaded.folder);
  const evidence = new OwnerEvidence();
  const replaySeed = randomBytes(16);
  const replay = allocateSharedReplay(plan.identity === undefined || plan.identity.binding === "none" ? 0 : keptProofs, [0, 4, 8, 12].map((at) => replaySeed.readInt32LE(at)) as [number, number, number, number]);
  const provenance = openProvenance(directory, plan.shown !== undefined && plan.state === "memory");
  const writes = allocateWriteVersions();
  let tellGates: GateFleet["tell"] = () => undefined;
  const identity = await IdentityService.open({ policy: loaded.policy, plan, folder: loaded.folder, directory, environment, say, onKeys: (jwks) => tellGates({ kind: "keys", keys: jwks }), onRevocations: (revocations) => tellGates({ kind: "revocations", revocations }) });
  let cleartextRequests = 0;
  let reloads = 0;
  let reloadsRefused = 0;

  const settings = (): GateSettings => ({
    plan,
    buckets,
    ...secrets,
    keys: identity.keys,
    nonceSecret: identity.nonceSecret,
    replay,
    provenance: provenance.shared,
    writes,
    revocations: identity.revocations,
    askCertificate: plan.identity?.binding === "mtls" || plan.identity?.binding === "optional",
    assertionKey,
    assertionIssuer: loaded.policy.publicUrl ?? "portcullis",
    host: listen?.host ?? (tls === undefined ? "127.0.0.1" : "0.0.0.0"),
    port: 0,
    tls: certificate === undefined || tls === undefined ? undefined : { cert: certificate.cert, key: certificate.key, minVersion: tls.minVersion, ticketKeys },
    everyAnswer: hstsOf(listen, tls),
    headerFields: 100,
  });
  const fleet = new GateFleet(settings, {
    onRecords: (lines, count, more) => {
      if (more !== undefined) counts.merge(more);
      recent.add(lines, count);
      writer.write(lines, count);
    },
    onEvidence: (rows) => evidence.merge(rows),
    onUnknownKey: () => identity.askAgain(),
    onSeen: (generations) => identity.seen(generations),
    onTrouble: say,
  });
  tellGates = (message) => fleet.tell(message);

  const reload = async (): Promise<boolean> => {
    const next = await options.load();
    reloads += 1;
    files.retarget(next.files);
    try {
      if (next.policy !== undefined) secrets = secretsOf(next.policy, next.folder);
    } catch (fault) {
      reloadsRefused += 1;
      say(`the changed policy is not used, the old one serves: ${(fault as Error).message}`);
      return false;
    }
    if (next.plan === undefined) {
      reloadsRefused += 1;
      options.onReloaded(next, false);
      return false;
    }
    if (next.plan.limitKeys !== plan.limitKeys) buckets = allocateSharedBuckets(next.plan.limitKeys, buckets.seeds);
    if (startOnly(next.policy) !== startOnly(loaded.policy)) say("what changed under listen, admin, publicUrl, store or binding takes effect at the next start");
    try {
      await identity.follow(next.policy as Policy, next.plan);
    } catch (fault) {
      reloadsRefused += 1;
      say(`the changed policy is not used, the old one serves: ${(fault as Error).message}`);
      return false;
    }
    ({ plan } = next);
    current = next.policy as Policy;
    const applied = await fleet.applyPlan({ plan, buckets, ...secrets });
    options.onReloaded(next, applied);
    return applied;
  };
  let reloading = Promise.resolve(true);
  /** One after the other: a file saved twice must not leave the older one serving. */
  const reloadInTurn = (): Promise<boolean> => (reloading = reloading.then(reload, reload));
  const files = watchFiles(loaded.files, watchEveryMs, () => void reloadInTurn());
  const certificates = tls?.files === undefined ? undefined : watchFiles(tls.files.paths, watchEveryMs, () => {
    try {
      certificate = tls.files?.read();
      if (certificate !== undefined) fleet.tell({ kind: "certificate", certificate });
      say("the certificate was read again; new connections see it");
    } catch (fault) {
      say(`the changed certificate is not used: ${(fault as Error).message}`);
    }
  });

  try {
    const threads = listen?.threads ?? availableParallelism();
    const port = await fleet.start(threads, listen?.port ?? 8443);
    const cleartext = typeof listen?.tls === "object" && listen.tls.cleartextPort !== undefined
      ? await openCleartextPort({ host: listen.host ?? "0.0.0.0", port: listen.tls.cleartextPort, answer: listen.tls.cleartext ?? "refuse", publicUrl: loaded.policy.publicUrl, count: () => (cleartextRequests += 1) })
      : undefined;
    const adminServer = await startAdminServer({
      host: loaded.policy.admin?.host ?? "127.0.0.1",
      port: loaded.policy.admin?.port ?? 9443,
      credential,
      view: {
        metrics: () =>
          prometheusText(counts.all(), [
            { name: "portcullis_gate_threads", help: "Gate threads that serve.", type: "gauge", value: fleet.size },
            { name: "portcullis_records_dropped_total", help: "Records that nobody took in time.", type: "counter", value: writer.dropped },
            { name: "portcullis_cleartext_requests_total", help: "Requests that came without encryption.", type: "counter", value: cleartextRequests },
            { name: "portcullis_policy_reloads_total", help: "Times the policy was read again.", type: "counter", value: reloads },
            { name: "portcullis_policy_reloads_refused_total", help: "Times a changed policy was not understood, and the old one went on serving.", type: "counter", value: reloadsRefused },
          ]),
        notReady: () => (plan.identity !== undefined && identity.keys === undefined ? `the keys of ${plan.identity.issuer} were not yet obtained` : undefined),
        evidence: () => evidence.all(),
        records: (filter, most) => recent.find(filter, most),
        people: whoMayOf(identity, () => current),
      },
    });
    return {
      port,
      adminPort: adminServer.port,
      cleartextPort: cleartext?.port,
      adminTokenFile: credential.file,
      authorityFile: tls?.authorityFile,
      threads,
      reload: reloadInTurn,
      async close(drainMs) {
        files.close();
        certificates?.close();
        await cleartext?.close();
        await fleet.stop(drainMs);
        provenance.close();
        await identity.close();
        await adminServer.close();
        await writer.flush();
      },
    };
  } catch (fault) {
    files.close();
    certificates?.close();
    await identity.close();
    await fleet.terminate();
    throw fault;
  }
}
