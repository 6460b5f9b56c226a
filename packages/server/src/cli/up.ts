import { modes, type Mode } from "@portcullis/guard/control";
import { up } from "../up.ts";
import type { Command } from "./arguments.ts";
import { readDocuments } from "./check.ts";
import { faultLines, Misuse, type Terminal } from "./terminal.ts";

const drainMs = 10_000;

/** `portcullis up --openapi F --upstream URL`: serves until it is told to stop. */
export async function runUp({ values }: Command, environment: Readonly<Record<string, string | undefined>>, terminal: Terminal): Promise<number> {
  const { documents, faults } = readDocuments(list(values["openapi"]));
  if (faults.length > 0) terminal.error(faultLines(faults));
  if (faults.some((fault) => fault.severity === "error")) throw new Misuse("Nothing is served from a document that is not understood.");
  const targets = list(values["upstream"]).map(readTarget);
  if (targets.length === 0) throw new Misuse("no backend was named.\nFor example: --upstream http://127.0.0.1:4000");
  const mode = readMode(values["mode"] ?? environment["PORTCULLIS_MODE"]);
  const tls = values["tls"] ?? "local";
  if (tls !== "local" && tls !== "off") throw new Misuse(`--tls ${JSON.stringify(tls)} is not understood; expected local or off.`);
  const running = await up({
    settings: {
      apis: documents.map((document) => ({ document, targets, apiVersion: document.apiVersion })),
      mode,
      host: tls === "off" ? "127.0.0.1" : "0.0.0.0",
      port: readPort("--port", values["port"] ?? environment["PORTCULLIS_LISTEN_PORT"], 8443),
      trustedProxies: [],
      headerFields: 100,
    },
    tls,
    threads: values["threads"] === undefined ? undefined : readCount("--threads", values["threads"]),
    admin: { host: "127.0.0.1", port: readPort("--admin-port", values["admin-port"] ?? environment["PORTCULLIS_ADMIN_PORT"], 9443) },
    directory: text(values["directory"]) ?? ".portcullis",
    environment,
    log: undefined,
  });
  const operations = documents.reduce((sum, document) => sum + document.operations.length, 0);
  terminal.error(
    [
      `portcullis serves ${operations} operations on ${tls === "off" ? "http" : "https"}://localhost:${running.port} with ${running.threads} gate ${running.threads === 1 ? "thread" : "threads"}, mode ${mode}, for ${targets.join(", ")}`,
      ...(running.authorityFile === undefined ? [] : [`  trust for this machine only: curl --cacert ${running.authorityFile}`]),
      `  admin: http://127.0.0.1:${running.adminPort} (/healthz /readyz /metrics /records), credential in ${running.adminTokenFile}`,
    ].join("\n"),
  );
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  terminal.error("portcullis is stopping: requests in flight may end first");
  await running.close(drainMs);
  return 0;
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function readTarget(target: string): string {
  if (/^unix:\/./.test(target)) return target;
  const url = URL.parse(target);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) throw new Misuse(`--upstream ${target} is not an address of a backend; expected http://host:port, https://host:port or unix:/path.`);
  if (url.pathname !== "/" || url.search !== "" || url.username !== "") throw new Misuse(`--upstream ${target} has more than a host and a port. The document's servers say which path comes before the operations'.`);
  return url.origin;
}

function readMode(value: unknown): Mode {
  if (value === undefined) return "observe";
  if (value === "observe" || value === "enforce") return value;
  throw new Misuse(`--mode ${JSON.stringify(value)} is not understood; expected ${modes.filter((mode) => mode !== "off").join(" or ")}.`);
}

function readPort(flag: string, value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Misuse(`${flag} ${JSON.stringify(value)} is not a port; expected a number from 0 to 65535.`);
  return port;
}

function readCount(flag: string, value: unknown): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1 || count > 256) throw new Misuse(`${flag} ${JSON.stringify(value)} is not understood; expected a number from 1 to 256.`);
  return count;
}
