import { parentPort, workerData } from "node:worker_threads";
import { OwnerEvidence } from "@portcullis/guard/authorization/owner-evidence";
import type { DecisionRecord } from "@portcullis/guard/decision-record";
import { nodeContinueDoor, nodeHttpDoor, nodeUpgradeDoor } from "@portcullis/guard/doors/node-http";
import { type ProblemCode, problemCatalog } from "@portcullis/guard/problem-catalog";
import { recordLine } from "@portcullis/guard/record-line";
import { GateJourney } from "./gate-journey.ts";
import type { FromGate, GateSettings, SeenGeneration, ToGate } from "./gate-settings.ts";
import { startListener } from "./listener/listener.ts";
import { RequestCounts } from "./watch/request-counts.ts";

const settings = workerData as GateSettings;
const control = parentPort;
if (control === null) throw new Error("a gate thread is started by the control thread");
const tell = (message: FromGate): void => control.postMessage(message);

const reportEveryMs = 100;
const mostWaiting = 2000;
/** One question after an unknown key is enough; the control thread decides whether to ask the issuer. */
const askEveryMs = 1000;
const evidenceEveryMs = 1000;

let waiting = "";
let waitingCount = 0;
const counts = new RequestCounts();
const encoder = new TextEncoder();
/** Lines are handed over, not copied: records cost the control thread a write and nothing else. */
const report = (): void => {
  if (waitingCount === 0) return;
  const lines = encoder.encode(waiting);
  const message: FromGate = { kind: "records", lines, count: waitingCount, counts: counts.take() };
  waiting = "";
  waitingCount = 0;
  control.postMessage(message, [lines.buffer]);
};
setInterval(report, reportEveryMs).unref();

const record = (one: DecisionRecord): void => {
  counts.add(one);
  waiting += recordLine(one);
  waitingCount += 1;
  if (waitingCount >= mostWaiting) report();
};
let askedAt = 0;
const evidence = new OwnerEvidence();
setInterval(() => {
  const rows = evidence.take();
  if (rows.length > 0) tell({ kind: "evidence", rows });
}, evidenceEveryMs).unref();

const seenEveryMs = 50;
let seen: SeenGeneration[] = [];
setInterval(() => {
  if (seen.length === 0) return;
  tell({ kind: "seen", generations: seen });
  seen = [];
}, seenEveryMs).unref();

const gate = new GateJourney(settings, {
  record,
  evidence,
  onUnknownKey: () => {
    if (Date.now() - askedAt < askEveryMs) return;
    askedAt = Date.now();
    tell({ kind: "unknown-key" });
  },
  onNewToken: ({ claims, sessionId }) => {
    const { generation } = claims;
    if (sessionId !== undefined && typeof generation === "number") seen.push([sessionId, generation]);
  },
  onTrouble: (message) => tell({ kind: "trouble", message }),
});

/** What the parser refused has no operation, but it happened. */
const unparsed = (code: ProblemCode): DecisionRecord => ({
  time: new Date().toISOString(),
  traceId: "0".repeat(32),
  operation: "(unparsed)",
  method: "",
  path: undefined,
  apiVersion: undefined,
  app: undefined,
  appVersion: undefined,
  status: problemCatalog[code].status,
  upstreamStatus: undefined,
  outcome: "refused",
  code,
  decisions: [{ code, mode: "enforce", detail: undefined, at: undefined }],
  stripped: undefined,
  durationMs: 0,
  upstreamMs: undefined,
  answerBytes: 0,
});

try {
  const listener = await startListener({
    host: settings.host,
    port: settings.port,
    reusePort: true,
    tls: settings.tls,
    askCertificate: settings.askCertificate,
    onRequest: nodeHttpDoor(() => gate.current),
    onContinue: nodeContinueDoor(() => gate.current),
    onUpgrade: nodeUpgradeDoor(() => gate.current),
    onUnparsed: (code) => record(unparsed(code)),
  });
  control.on("message", (message: ToGate) => {
    switch (message.kind) {
      case "certificate":
        listener.replaceCertificate(message.certificate);
        break;
      case "keys":
        gate.replaceKeys(message.keys);
        break;
      case "revocations":
        gate.revoke(message.revocations);
        break;
      case "plan":
        try {
          gate.replacePlan(message);
          tell({ kind: "applied" });
        } catch (fault) {
          tell({ kind: "trouble", message: `the new policy could not be compiled, the old one serves: ${(fault as Error).message}` });
        }
        break;
      case "drain":
        void listener
          .close(message.drainMs)
          .then(() => gate.close())
          .finally(() => {
            report();
            control.close();
          });
        break;
      default:
    }
  });
  tell({ kind: "listening", port: listener.port });
} catch (fault) {
  const error = fault as NodeJS.ErrnoException;
  tell({ kind: "failed", message: error.message, code: error.code });
}
