import { parentPort, workerData } from "node:worker_threads";
import {
  compileClientAddresses,
  nodeContinueDoor,
  nodeHttpDoor,
  nodeUpgradeDoor,
} from "@portcullis/guard/node-http";
import { type Listener, startListener } from "../listener/listener.ts";
import { KnownPeers } from "../listener/known-peers.ts";
import { faultWords } from "../watch/fault-counts.ts";
import { LiveGate } from "./live-gate.ts";
import { Reporter, type Tell } from "./report.ts";
import type { GateSettings, ToGate } from "./settings.ts";

/** A gate thread: a listener, a gate behind it, and what the control thread tells it. */
const settings = workerData as GateSettings;
const control = parentPort;
if (control === null) throw new Error("a gate thread is started by the control thread");
const tell: Tell = (message, transfer) => control.postMessage(message, [...(transfer ?? [])]);
const reporter = new Reporter(tell);
const known = new KnownPeers(settings.knownPeers);
const serving: { listener?: Listener } = {};
const gate = new LiveGate(settings, reporter, (address) => {
  if (known.note(address)) serving.listener?.know(address);
});
/** By the plan that serves just now. */
let addresses = compileClientAddresses(settings.plan.controls.protocol.trustedProxies);

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
    onContinue: nodeContinueDoor(gate.door),
    onUpgrade: nodeUpgradeDoor(gate.door),
    onUnparsed: reporter.unparsed,
  }));
  control.on("message", (message: ToGate) => obey(message, listener));
  // From here on the thread serves others: what fails beside them does not end it.
  process.on("uncaughtException", noteFault);
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

function obey(message: ToGate, listener: Listener): void {
  switch (message.kind) {
    case "certificate":
      listener.replaceCertificate(message.certificate);
      break;
    case "keys":
      gate.reseatKeys(message.keys);
      break;
    case "revocations":
      gate.revoke(message.revocations);
      break;
    case "plan":
      try {
        gate.replacePlan(message);
        addresses = compileClientAddresses(message.plan.controls.protocol.trustedProxies);
        tell({ kind: "applied" });
      } catch (fault) {
        const why = (fault as Error).message;
        reporter.onTrouble(`the new policy could not be compiled, the old one serves: ${why}`);
      }
      break;
    case "lame":
      listener.beLame();
      break;
    case "drain":
      gate.goAway();
      void listener
        .close(message.drainMs)
        .then(() => gate.close())
        .finally(() => {
          reporter.flush();
          control?.close();
        });
      break;
    default:
  }
}
