import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { request as send } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";
import { freePort } from "../parts/free-port.ts";

/** What another reader makes of an answer; undefined where it takes it for none. */
export type Read = { readonly status: number; readonly body: string } | undefined;

export interface OtherReader {
  read(method: "GET" | "HEAD", path: string): Promise<Read>;
  close(): Promise<void> | void;
}

export function undiciReader(url: string): OtherReader {
  const pool = new Pool(url, { connections: 8, headersTimeout: 3000, bodyTimeout: 3000 });
  return {
    async read(method, path) {
      try {
        const { body, statusCode } = await pool.request({ method, path });
        const parts: Buffer[] = [];
        for await (const part of body) parts.push(part as Buffer);
        return { status: statusCode, body: Buffer.concat(parts).toString("latin1") };
      } catch {
        return undefined;
      }
    },
    close: () => pool.destroy(),
  };
}

/** nginx before the same backend: what it passes on it has read; 502 is its word for no answer. */
export async function nginxReader(program: string, url: string): Promise<OtherReader> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-nginx-"));
  const port = await freePort();
  const file = join(directory, "nginx.conf");
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${join(directory, name)};`)
    .join(" ");
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${directory}/nginx.pid;
error_log ${directory}/error.log; events { worker_connections 256; }
http { access_log off; ${paths} server { listen 127.0.0.1:${port};
location / { proxy_pass ${url}; proxy_http_version 1.1; proxy_set_header Connection "";
proxy_next_upstream off; proxy_read_timeout 3s; } } }`,
  );
  const child = spawn(program, ["-c", file, "-e", join(directory, "error.log")], {
    stdio: "ignore",
  });
  await answers(port);
  return {
    read: (method, path) => readThrough(port, method, path),
    close: () => void child.kill("SIGKILL"),
  };
}

function readThrough(port: number, method: string, path: string): Promise<Read> {
  return new Promise((resolve) => {
    const asked = send({ host: "127.0.0.1", port, method, path, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response
        .on("data", (part: Buffer) => parts.push(part))
        .on("error", () => resolve(undefined))
        .on("end", () => {
          const { statusCode: status = 0 } = response;
          const refused = status === 502 || status === 504;
          resolve(refused ? undefined : { status, body: Buffer.concat(parts).toString("latin1") });
        });
    });
    asked
      // It takes interim answers for the last ones.
      .on("information", ({ statusCode: status }) => {
        resolve({ status, body: "" });
        asked.destroy();
      })
      .on("upgrade", ({ statusCode: status = 0 }, socket) => {
        socket.destroy();
        resolve({ status, body: "" });
      })
      .on("error", () => resolve(undefined))
      .on("close", () => resolve(undefined))
      .end();
  });
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () =>
        resolve(false),
      );
      socket.once("connect", () => socket.destroy());
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`nothing answers on ${port}`);
}
