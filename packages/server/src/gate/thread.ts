import { parentPort, workerData } from "node:worker_threads";
import {
  compileClientAddresses,
  nodeContinueDoor,
  nodeHttp2Door,
  nodeHttpDoor,
  nodeUpgradeDoor,
} from "@portcullis/guard/node-http";
import { type Listener, startListener } from "../listener/listener.ts";
import { KnownPeers } from "../listener/known-peers.ts";
import { faultWords } from "../watch/fault-counts.ts";
import { LiveGate } from "./live-gate.ts";
import { PlanChanges } from "./plan-changes.ts";
import { Reporter, type Tell } from "./report.ts";
import type { GateSettings, ToGate } from "./settings.ts";
import { leavesStateSound } from "./sound-faults.ts";

/** A gate thread: a listener, a gate behind it, and what the control thread tells it. */
const settings = workerData as GateSettings;
const control = parentPort;
if (control === null) throw new Error("a gate thread is started by the control thread");
const tell: Tell = (message, transfer) => control.postMessage(message, [...(transfer ?? [])]);
const reporter = new Reporter(tell, settings.records, settings.subjectKey);
reporter.impersonations.replace(settings.impersonations);
reporter.holding.responses.replace(settings.responses);
const known = new KnownPeers(settings.knownPeers);
const serving: { listener?: Listener } = {};
const gate = new LiveGate(settings, reporter, (address, source) => {
  reporter.sources.note(source);
  if (known.note(address)) serving.listener?.know(address);
});
const addressesNow = () => compileClientAddresses(gate.plan.controls.protocol.trustedProxies);
/** By the plan that serves just now. */
let addresses = addressesNow();
const changes = new PlanChanges(gate, tell, () => (addresses = addressesNow()));
/** The control thread says when to go; this long after a fault the thread goes untold. */
const goUntoldMs = 5000;
const goUntoldDrainMs = 10_000;
let isEnding = false;
let isLeaving = false;

try {
  const listener = (serving.listener = await startListener({
    known,
    host: settings.host,
    port: settings.port,
    reusePort: true,
    tls: settings.tls,
    askCertificate: settings.askCertificate,
    bounds: settings.bounds,
    isTrusted: (peer) => addresses.peerOf(peer).trusted,
    clientOf: (peer, forwardedFor) => addresses.clientOf(addresses.peerOf(peer), forwardedFor),
    proxyProtocol: settings.proxyProtocol,
    onRequest: nodeHttpDoor(gate.door),
    onStream: nodeHttp2Door(gate.door),
    onContinue: nodeContinueDoor(gate.door),
    onUpgrade: nodeUpgradeDoor(gate.door),
    onUnparsed: reporter.unparsed,
  }));
  control.on("message", (message: ToGate) => obey(message, listener));
  // From here on the thread serves others: what fails beside them does not break them off.
  process.on("uncaughtException", (fault) => {
    if (leavesStateSound(fault)) noteFault(fault);
    else end(fault, listener);
  });
  // Nothing was left half done on the way to whoever should have waited.
  process.on("unhandledRejection", noteFault);
  tell({ kind: "listening", port: listener.port });
} catch (fault) {
  const { code, message } = fault as NodeJS.ErrnoException;
  tell({ kind: "failed", message, code });
}

function noteFault(fault: unknown): void {
  const message = `something failed beside the requests, and serving goes on: ${faultWords(fault)}`;
  tell({ kind: "fault", message });
}

/** Nobody knows what the fault has left half done: another thread takes over. */
function end(fault: unknown, listener: Listener): void {
  const message = `a gate thread ends, requests in flight may end first: ${faultWords(fault)}`;
  tell(isEnding ? { kind: "fault", message: faultWords(fault) } : { kind: "ending", message });
  if (isEnding) return;
  isEnding = true;
  setTimeout(() => leave(listener, goUntoldDrainMs), goUntoldMs);
}

function leave(listener: Listener, drainMs: number): void {
  if (isLeaving) return;
  isLeaving = true;
  gate.goAway();
  void listener
    .close(drainMs)
    .then(() => gate.close())
    .finally(() => {
      reporter.flush();
      control?.close();
      // What a fault has left behind may never end by itself.
      if (isEnding) process.exit();
    });
}

function obey(message: ToGate, listener: Listener): void {
  switch (message.kind) {
    case "certificate":
      listener.replaceCertificate(message.certificate);
      break;
    case "ticket-keys":
      listener.replaceTicketKeys(Buffer.from(message.keys));
      break;
    case "keys":
      gate.reseatKeys(message.keys, message.keysId);
      break;
    case "grants":
      gate.grants.replace(message.grants);
      break;
    case "impersonations":
      reporter.impersonations.replace(message.sessions);
      break;
    case "impersonate":
      reporter.impersonations.answered(message.ask, message.answer);
      break;
    case "switches":
      gate.switchTo(message.switches);
      break;
    case "responses":
      reporter.holding.responses.replace(message.rules);
      break;
    case "revocations":
      gate.revoke(message.revocations);
      break;
    case "quotas":
      reporter.quotas.answered(message.ask, message.answers);
      break;
    case "give-back":
      void gate
        .giveBack(message.named)
        .then((given) => tell({ kind: "given-back", ask: message.ask, given }));
      break;
    case "prepare":
      void changes.prepare(message.change, message.settings);
      break;
    case "serve":
      void changes.serve(message.change);
      break;
    case "discard":
      void changes.discard(message.change);
      break;
    case "lame":
      listener.beLame();
      break;
    case "drain":
      leave(listener, message.drainMs);
      break;
    default:
  }
}
