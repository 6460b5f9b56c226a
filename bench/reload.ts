// How long each thread stands still while a large document is read again and again: the event loop's
// delay on the control thread (sign-ins, health) and on each gate thread. With `--document FILE`
// that document; otherwise one of 1,500 operations and 4,000 schemas is made.
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { largeDocument } from "./large-document.ts";

const main = join(import.meta.dirname, "..", "packages", "server", "src", "cli", "main.ts");
const reloads = 5;
const given = process.argv[process.argv.indexOf("--document") + 1];
const directory = mkdtempSync(join(tmpdir(), "portcullis-reload-"));
const hasDocument = process.argv.includes("--document") && given !== undefined;
const document = hasDocument ? basename(given) : "openapi.json";
if (hasDocument) copyFileSync(given, join(directory, document));
else writeFileSync(join(directory, document), JSON.stringify(largeDocument(1500, 4000)));
writeFileSync(
  join(directory, "portcullis.yaml"),
  `portcullis: 1
mode: observe
publicUrl: https://localhost:8443
listen: { port: 0, threads: 2 }
admin: { port: 0 }
identity: { issuer: builtin, audience: bench }
apis: [{ openapi: ${document}, upstream: "http://127.0.0.1:9" }]
`,
);

/** Measures in every thread, from when `begin` lies there until `end` does. */
const measuring = `
import { existsSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread, threadId, workerData } from "node:worker_threads";
const name = isMainThread ? "control" : workerData?.port === undefined ? undefined : "gate-" + threadId;
if (name !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let state = "waiting";
  setInterval(() => {
    if (state === "waiting" && existsSync("begin")) { state = "measuring"; delay.enable(); }
    if (state === "measuring" && existsSync("end")) {
      state = "done";
      delay.disable();
      writeFileSync("delay-" + name + ".json", JSON.stringify([50, 99, 99.9, 100].map((p) => delay.percentile(p) / 1e6)));
    }
  }, 20).unref();
}`;
const child = spawn(
  process.execPath,
  [
    "--conditions=@portcullis/source",
    "--disable-warning=ExperimentalWarning",
    `--import=data:text/javascript;base64,${Buffer.from(measuring).toString("base64")}`,
    main,
    "up",
    "--config",
    "portcullis.yaml",
    "--directory",
    "state",
  ],
  { cwd: directory, stdio: ["ignore", "ignore", "pipe"] },
);
let said = "";
child.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
const until = async (is: () => boolean): Promise<void> => {
  while (!is()) {
    if (child.exitCode !== null) throw new Error(`the gate has ended:\n${said}`);
    await sleep(5);
  }
};
const served = (): number => said.split("the changed policy serves").length - 1;

await until(() => said.includes("/healthz"));
await sleep(2000);
writeFileSync(join(directory, "begin"), "");
await sleep(100);
const took: number[] = [];
for (let count = 1; count <= reloads; count += 1) {
  const began = performance.now();
  child.kill("SIGHUP");
  await until(() => served() >= count);
  took.push(performance.now() - began);
  await sleep(100);
}
writeFileSync(join(directory, "end"), "");
await sleep(500);
console.log(`${reloads} reloads of ${document}: ${took.map((ms) => ms.toFixed(0)).join(", ")} ms`);
console.log("event loop delay in ms:      p50      p99    p99.9      max");
for (const file of readdirSync(directory)
  .filter((name) => name.startsWith("delay-"))
  .sort()) {
  const values = JSON.parse(readFileSync(join(directory, file), "utf8")) as number[];
  const cells = values.map((value) => value.toFixed(1).padStart(9)).join("");
  console.log(`${file.slice(6, -5).padEnd(22)}${cells}`);
}
child.kill("SIGKILL");
