// What `npm start` shows: a small backend, the gate before it, and requests to try.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const state = join(root, ".portcullis");

const backend = createServer((request, response) => {
  const body = request.url === "/v1/rates" ? { EUR: 1, USD: 1.09 } : request.url === "/v1/debug/env" ? { DATABASE_PASSWORD: "left in by mistake" } : { id: "7", balance: 1200 };
  response.writeHead(200, { "Content-Type": "application/json" }).end(`${JSON.stringify(body)}\n`);
});
backend.listen(0, "127.0.0.1", () => {
  const upstream = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  const gate = spawn(process.execPath, ["--conditions=@portcullis/source", join(root, "packages/server/src/cli/main.ts"), "up", "--openapi", join(import.meta.dirname, "openapi.yaml"), "--upstream", upstream, "--mode", "enforce", "--directory", state], { stdio: ["ignore", "ignore", "pipe"] });
  let told = false;
  gate.stderr.setEncoding("utf8").on("data", (text: string) => {
    process.stderr.write(text);
    const port = /https:\/\/localhost:(\d+)/.exec(text)?.[1];
    const admin = /http:\/\/127\.0\.0\.1:(\d+) \(/.exec(text)?.[1] ?? "9443";
    if (port === undefined || told) return;
    told = true;
    const curl = `curl --cacert ${relative(process.cwd(), join(state, "local-ca.crt"))}`;
    const token = relative(process.cwd(), join(state, "admin-token"));
    console.log(
      [
        "",
        "Try, from another terminal in this folder:",
        `  let through           ${curl} https://localhost:${port}/v1/rates`,
        `  refused, with reason  ${curl} https://localhost:${port}/v1/debug/env      (open on the backend: ${upstream}/v1/debug/env)`,
        `  its record            curl -H "Authorization: Bearer $(cat ${token})" 'http://127.0.0.1:${admin}/records?most=1'`,
        "",
        "Ctrl-C stops both.",
      ].join("\n"),
    );
  });
  gate.once("exit", (code) => {
    backend.closeAllConnections();
    backend.close();
    process.exitCode = code ?? 1;
  });
  // The terminal sends Ctrl-C to the gate too; its end is ours.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => gate.kill("SIGTERM"));
});
