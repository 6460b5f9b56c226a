import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { Workload } from "./workload.ts";

/** A program under measurement, or beside it. */
export interface Started {
  readonly process: ChildProcess;
  readonly port: number;
  stop(): Promise<void>;
}

export const ports = {
  backend: 9100,
  nginx: 9101,
  haproxy: 9102,
  caddy: 9103,
  undici: 9104,
  nginxTls: 9105,
} as const;

export function missingTools(): string[] {
  return ["nginx", "haproxy", "caddy", "wrk", "h2load", "taskset"].filter((tool) => {
    try {
      execFileSync("which", [tool], { stdio: "ignore" });
      return false;
    } catch {
      return true;
    }
  });
}

/** Starts a program on one core and waits until its port answers. */
export async function startOn(
  core: number,
  command: string,
  args: readonly string[],
  port: number,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Started> {
  const child = spawn("taskset", ["-c", String(core), command, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: environment,
  });
  let said = "";
  child.stderr
    ?.setEncoding("utf8")
    .on("data", (part: string) => (said = (said + part).slice(-4000)));
  for (let tries = 0; tries < 400; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${command} ended: ${said}`);
    if (await answers(port)) return { process: child, port, stop: () => stop(child) };
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${command} does not answer on ${port}: ${said}`);
}

export function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) {
      resolve();
      return;
    }
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** One worker in the foreground, so that the process's own time is the whole of it. */
const nginxHead = (
  directory: string,
  name: string,
): string => `daemon off; master_process off; worker_processes 1; pid ${directory}/${name}.pid; error_log ${directory}/${name}.err; events { worker_connections 4096; }
http { access_log off; client_body_temp_path ${directory}/${name}-body; proxy_temp_path ${directory}/${name}-proxy; fastcgi_temp_path ${directory}/${name}-f; uwsgi_temp_path ${directory}/${name}-u; scgi_temp_path ${directory}/${name}-s; keepalive_requests 100000000; keepalive_timeout 600s;`;

/** The backend all candidates ask: an account that belongs to whom the path names. */
export function startBackend(core: number, directory: string): Promise<Started> {
  const file = join(directory, "backend.conf");
  writeFileSync(
    file,
    `${nginxHead(directory, "backend")}
server { listen ${ports.backend} reuseport; default_type application/json;
  location ~ ^/v1/[a-z0-9-]+/(?<id>[a-z0-9-]+)$ { return 200 '{"id":"a-$id","customerId":"$id","iban":"NL02HARB0000000001","currency":"EUR","balance":125000,"limits":[{"kind":"daily","amount":50000},{"kind":"monthly","amount":500000}]}'; } } }`,
  );
  return startOn(core, "nginx", ["-c", file], ports.backend);
}

/** @param behind the port of its backend */
export function startNginx(
  core: number,
  directory: string,
  behind: number = ports.backend,
): Promise<Started> {
  const file = join(directory, "nginx.conf");
  writeFileSync(
    file,
    `${nginxHead(directory, "nginx")} upstream b { server 127.0.0.1:${behind}; keepalive 128; keepalive_requests 100000000; } server { listen ${ports.nginx}; client_max_body_size 0; proxy_request_buffering off; proxy_max_temp_file_size 0; location / { proxy_pass http://b; proxy_http_version 1.1; proxy_set_header Connection ""; } } }`,
  );
  return startOn(core, "nginx", ["-c", file], ports.nginx);
}

export function startNginxTls(
  core: number,
  directory: string,
  cert: string,
  key: string,
): Promise<Started> {
  const file = join(directory, "nginx-tls.conf");
  writeFileSync(
    file,
    `${nginxHead(directory, "nginx-tls")} upstream b { server 127.0.0.1:${ports.backend}; keepalive 128; keepalive_requests 100000000; } server { listen ${ports.nginxTls} ssl http2; ssl_certificate ${cert}; ssl_certificate_key ${key}; ssl_protocols TLSv1.3; location / { proxy_pass http://b; proxy_http_version 1.1; proxy_set_header Connection ""; } } }`,
  );
  return startOn(core, "nginx", ["-c", file], ports.nginxTls);
}

/**
 * What HAProxy's users write for the same: signature, issuer, audience, expiry, scope, and a table
 * of rates by subject and address.
 */
export function startHaproxy(
  core: number,
  directory: string,
  { audience, issuer, publicKeyPem }: Workload,
): Promise<Started> {
  const pem = join(directory, "bench-public.pem");
  writeFileSync(pem, publicKeyPem);
  const file = join(directory, "haproxy.cfg");
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
  option http-keep-alive
backend rates
  stick-table type ip size 1m expire 1m store http_req_rate(60s)
frontend gate
  bind 127.0.0.1:${ports.haproxy}
  http-request set-var(txn.bearer) http_auth_bearer
  http-request set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')
  http-request set-var(txn.iss) var(txn.bearer),jwt_payload_query('$.iss')
  http-request set-var(txn.aud) var(txn.bearer),jwt_payload_query('$.aud')
  http-request set-var(txn.exp) var(txn.bearer),jwt_payload_query('$.exp','int')
  http-request set-var(txn.sub) var(txn.bearer),jwt_payload_query('$.sub')
  http-request set-var(txn.scope) var(txn.bearer),jwt_payload_query('$.scope')
  http-request deny deny_status 401 unless { var(txn.alg) -m str ES256 }
  http-request deny deny_status 401 unless { var(txn.bearer),jwt_verify(txn.alg,"${pem}") -m int 1 }
  http-request deny deny_status 401 unless { var(txn.iss) -m str ${issuer} }
  http-request deny deny_status 401 unless { var(txn.aud) -m str ${audience} }
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 if { var(txn.exp),sub(txn.now) -m int lt 0 }
  http-request deny deny_status 403 unless { var(txn.scope) -m sub accounts:read }
  http-request track-sc0 var(txn.sub) table users
  http-request track-sc1 src table rates
  http-request deny deny_status 429 if { sc_http_req_rate(0,users) gt 100000000 }
  http-request deny deny_status 429 if { sc_http_req_rate(1,rates) gt 100000000 }
  default_backend accounts
backend users
  stick-table type string len 64 size 1m expire 1m store http_req_rate(60s)
backend accounts
  http-reuse always
  server one 127.0.0.1:${ports.backend}
`,
  );
  return startOn(core, "haproxy", ["-db", "-f", file], ports.haproxy);
}

export function startCaddy(core: number, directory: string): Promise<Started> {
  const file = join(directory, "Caddyfile");
  writeFileSync(
    file,
    `{\n  admin off\n  auto_https off\n}\nhttp://:${ports.caddy} {\n  reverse_proxy 127.0.0.1:${ports.backend}\n}\n`,
  );
  return startOn(core, "caddy", ["run", "--config", file, "--adapter", "caddyfile"], ports.caddy, {
    ...process.env,
    GOMAXPROCS: "1",
    XDG_DATA_HOME: directory,
    XDG_CONFIG_HOME: directory,
  });
}

export const startUndici = (core: number): Promise<Started> =>
  startOn(
    core,
    process.execPath,
    [join(import.meta.dirname, "undici-proxy.ts"), String(ports.undici), String(ports.backend)],
    ports.undici,
  );

/**
 * CPU time of a process with all its threads, in microseconds (proc(5), stat fields 14 and 15, in
 * hundredths of a second).
 */
export function cpuMicroseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** The same of each thread, by its id, with what the thread calls itself. */
export function threadMicroseconds(
  pid: number,
): ReadonlyMap<string, { readonly name: string; readonly microseconds: number }> {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => {
    const [name = "", rest = ""] = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8").split(
      ") ",
    );
    const fields = rest.split(" ");
    return [
      thread,
      {
        name: name.slice(name.indexOf("(") + 1),
        microseconds: (Number(fields[11]) + Number(fields[12])) * 10_000,
      },
    ] as const;
  });
  return new Map(threads);
}

export const residentMebibytes = (pid: number): number =>
  Math.round(
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024,
  );
