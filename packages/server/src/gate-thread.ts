import { parentPort, workerData } from "node:worker_threads";
import type { DecisionRecord } from "@portcullis/guard/decision-record";
import { nodeHttpDoor } from "@portcullis/guard/doors/node-http";
import { compileArrive } from "@portcullis/guard/journey/10-arrive";
import { compileRecord } from "@portcullis/guard/journey/99-record";
import { compileClientAddress } from "@portcullis/guard/journey/client-address";
import { compileJourney } from "@portcullis/guard/journey/journey";
import { compileOperationJourneys, constantModes } from "@portcullis/guard/journey/operation-journeys";
import type { FromGate, GateSettings, ToGate } from "./gate-settings.ts";
import { startListener } from "./listener/listener.ts";
import { createUpstream, upstreamDefaults } from "./upstream/upstream-pool.ts";
import { RequestCounts } from "./watch/request-counts.ts";

const settings = workerData as GateSettings;
const control = parentPort;
if (control === null) throw new Error("a gate thread is started by the control thread");
const tell = (message: FromGate): void => control.postMessage(message);

const reportEveryMs = 100;
const mostWaiting = 2000;

let waiting: DecisionRecord[] = [];
const counts = new RequestCounts();
const report = (): void => {
  if (waiting.length === 0) return;
  const records = waiting;
  waiting = [];
  tell({ kind: "records", records, counts: counts.take() });
};
const timer = setInterval(report, reportEveryMs);
timer.unref();

const modes = constantModes(settings.mode, { response: "observe" });
const upstreams = settings.apis.map(({ targets }) => createUpstream({ ...upstreamDefaults, targets }));
const { table, undeclared } = compileOperationJourneys(
  settings.apis.map(({ apiVersion, document }, index) => ({ document, apiVersion, upstream: upstreams[index] as (typeof upstreams)[number] })),
  modes,
);
const journey = compileJourney({
  arrive: compileArrive(compileClientAddress(settings.trustedProxies), { headerFields: settings.headerFields, targetBytes: 8192 }),
  admit: undefined,
  selectTable: () => table,
  undeclared,
  assertIdentity: undefined,
  record: compileRecord([], (record) => {
    counts.add(record);
    waiting.push(record);
    if (waiting.length >= mostWaiting) report();
  }),
});

try {
  const listener = await startListener({
    host: settings.host,
    port: settings.port,
    reusePort: true,
    tls: settings.tls,
    onRequest: nodeHttpDoor(() => journey),
    onUnparsed: () => undefined,
  });
  control.on("message", (message: ToGate) => {
    if (message.kind === "certificate") {
      listener.replaceCertificate(message.certificate);
      return;
    }
    void listener
      .close(message.drainMs)
      .then(() => Promise.all(upstreams.map((upstream) => upstream.close())))
      .finally(() => {
        report();
        control.close();
      });
  });
  tell({ kind: "listening", port: listener.port });
} catch (fault) {
  const error = fault as NodeJS.ErrnoException;
  tell({ kind: "failed", message: error.message, code: error.code });
}
