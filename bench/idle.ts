// What idle TLS connections cost in memory: the gate beside a bare node:tls server and nginx, all
// with the same certificate. `node tools/run.mjs bench/idle.ts [CONNECTIONS]`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { connect as netConnect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { startGate } from "./gate.ts";
import { startBackend, startNginxTls, type Started, stop } from "./peers.ts";
import { makeWorkload } from "./workload.ts";

const connections = Number(process.argv[2] ?? 10_000);
const atOnce = 50;
const settleMs = 3000;

const residentKibibytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);

/** Opens as many from several addresses of this machine: one has too few ports. */
async function hold(port: number, protocols: readonly string[]): Promise<readonly TLSSocket[]> {
  const held: TLSSocket[] = [];
  while (held.length < connections)
    held.push(
      ...(await Promise.all(
        Array.from({ length: atOnce }, async (_, index) => {
          const localAddress = `127.0.0.${2 + ((held.length + index) % 200)}`;
          const socket = connect({
            socket: netConnect({ port, host: "127.0.0.1", localAddress }),
            rejectUnauthorized: false,
            ALPNProtocols: [...protocols],
          });
          await once(socket, "secureConnect");
          if (protocols[0] === "h2") socket.write(preface);
          return socket.on("error", () => undefined).resume();
        }),
      )),
    );
  return held;
}
/** What a client of HTTP/2 begins with: the preface, and settings that say nothing. */
const preface = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

const directory = mkdtempSync(join(tmpdir(), "portcullis-idle-"));
const workload = await makeWorkload(1);
const backend = await startBackend(1, directory);
const at = join(directory, "gate");
mkdirSync(at);
const [cert = "", key = ""] = ["crt", "key"].map((kind) => join(at, "state", `local-tls.${kind}`));
const gate = (): Promise<Started> =>
  startGate(0, at, workload, `http://127.0.0.1:${backend.port}`, {
    change: (policy) =>
      policy.replace(
        "tls: off",
        `tls: local, timeouts: { firstByte: 10m, idle: 10m }, connections: { most: ${connections * 3}, forKnown: 0, perAddress: ${connections} }`,
      ),
  });
const nginx = (): Promise<Started> => startNginxTls(0, directory, cert, key);
async function bare(): Promise<Started> {
  const program = spawn(process.execPath, ["--eval", bareServer(cert, key)]);
  const [said] = (await once(program.stdout, "data")) as [Buffer];
  return { process: program, port: Number(said.toString()), stop: () => stop(program) };
}

// Each begins anew: memory that one run has left would be used by the next.
for (const [name, start, protocol] of [
  ["the gate, HTTP/1.1", gate, "http/1.1"],
  ["the gate, HTTP/2", gate, "h2"],
  ["bare node:tls", bare, "http/1.1"],
  ["nginx, HTTP/1.1", nginx, "http/1.1"],
  ["nginx, HTTP/2", nginx, "h2"],
] as const) {
  const started = await start();
  const pid = started.process.pid ?? 0;
  const before = residentKibibytes(pid);
  const held = await hold(started.port, [protocol]);
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const open = held.filter(({ readyState }) => readyState === "open").length;
  const each = (residentKibibytes(pid) - before) / connections;
  console.log(`${each.toFixed(1).padStart(8)} KiB a connection  ${name} (${open} open)`);
  for (const socket of held) socket.destroy();
  await started.stop();
}
await backend.stop();
workload.close();

function bareServer(certFile: string, keyFile: string): string {
  const options = `{ cert: read(${JSON.stringify(certFile)}), key: read(${JSON.stringify(keyFile)}), minVersion: "TLSv1.3" }`;
  return `const read = require("node:fs").readFileSync;
    require("node:tls").createServer(${options}, (socket) => socket.on("error", () => {}).resume())
      .listen(0, "127.0.0.1", function () { console.log(this.address().port); });`;
}
