import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSigned } from "../certificate.ts";
import { freePort } from "../parts/free-port.ts";
import { test } from "../parts/test.ts";
import { startFieldGate, valuesOf } from "./field-gate.ts";

const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

/** A proxy that ends TLS and signs people in, as its manual says. */
const configuration = (directory: string, ports: readonly number[], gate: number): string =>
  `daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events {}
http {
  access_log off;
${temporary.map((kind) => `  ${kind}_temp_path ${directory}/${kind};`).join("\n")}
  server {
    listen 127.0.0.1:${ports[0]};
    listen 127.0.0.1:${ports[1]} ssl;
    ssl_certificate ${directory}/tls.crt;
    ssl_certificate_key ${directory}/tls.key;
    location / {
      proxy_pass http://127.0.0.1:${gate};
      proxy_set_header Host $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Auth-Request-User ann;
    }
  }
}
`;

test(
  "behind nginx, which ends TLS, the backend is told the truth and callers in the clear are refused",
  { needs: ["nginx"] },
  async ({ nginx }, context) => {
    const gate = await startFieldGate(
      "trustedProxies: [127.0.0.1]\nheaders: { accept: [X-Auth-Request-User] }",
    );
    context.after(() => gate.close());
    const directory = mkdtempSync(join(tmpdir(), "portcullis-nginx-"));
    const { certificate, key } = await selfSigned("ends here");
    writeFileSync(join(directory, "tls.crt"), certificate);
    writeFileSync(join(directory, "tls.key"), key);
    const [inTheClear, overTls] = [await freePort(), await freePort()];
    const file = join(directory, "nginx.conf");
    writeFileSync(file, configuration(directory, [inTheClear, overTls], gate.gate.port));
    const child = spawn(nginx, ["-c", file, "-e", join(directory, "error.log")], {
      stdio: "ignore",
    });
    context.after(() => child.kill("SIGKILL"));

    // A caller of another address than the proxy's own, which lies about everything.
    const options = {
      host: "127.0.0.1",
      localAddress: "127.0.0.2",
      path: "/plain",
      ca: certificate,
      servername: "localhost",
      agent: false,
      headers: {
        "X-Forwarded-For": "203.0.113.1",
        "X-Forwarded-Proto": "https",
        "X-Auth-Request-User": "eve",
        "X-Auth-Request-Email": "eve@example.com",
      },
    } as const;
    const ask = async (send: typeof httpRequest, port: number): Promise<IncomingMessage> => {
      for (let tries = 0; ; tries += 1) {
        const answer = await new Promise<IncomingMessage | undefined>((resolve) => {
          send({ ...options, port }, (response) => resolve(response.resume()))
            .on("error", () => resolve(undefined))
            .end();
        });
        if (answer !== undefined) return answer;
        assert.ok(tries < 100, "nginx does not answer");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };

    const secured = await ask(httpsRequest, overTls);
    assert.equal(secured.statusCode, 200);
    assert.equal(secured.headers["strict-transport-security"], "max-age=31536000");
    const [seen = []] = gate.received();
    assert.deepEqual(valuesOf(seen, "x-forwarded-proto"), ["https"]);
    assert.deepEqual(valuesOf(seen, "x-forwarded-for"), ["127.0.0.2"]);
    assert.deepEqual(valuesOf(seen, "x-auth-request-user"), ["ann"]);
    assert.deepEqual(valuesOf(seen, "x-auth-request-email"), []);
    assert.deepEqual(valuesOf(seen, "x-real-ip"), []);

    const cleartext = await ask(httpRequest, inTheClear);
    assert.equal(cleartext.statusCode, 403);
    assert.equal(cleartext.headers["strict-transport-security"], undefined);
    assert.deepEqual(gate.received(), []);
  },
);
