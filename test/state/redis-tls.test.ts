import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { rateBucket, RedisState, StateMeasures } from "@portcullis/guard/state";
import { compileStateTls, pinOf } from "../../packages/server/src/upstream/tls-settings.ts";
import { X509Certificate } from "node:crypto";
import { freePort } from "../parts/free-port.ts";
import { findRedis, startRedis } from "../parts/redis.ts";
import { test } from "../parts/test.ts";
import { type Authority, newAuthority } from "../signed-certificates.ts";
import { planFor, until } from "./open-redis.ts";

type Tls = Parameters<typeof compileStateTls>[0];

interface Scene {
  readonly url: string;
  readonly authority: Authority;
  readonly own: { readonly cert: string; readonly key: string };
  readonly pin: string;
}

/** A server that believes nobody without a certificate of its authority. */
async function serve(context: TestContext): Promise<Scene> {
  const program = findRedis();
  if ("missing" in program) throw new Error(program.missing);
  const folder = mkdtempSync(join(tmpdir(), "portcullis-redis-tls-"));
  const authority = await newAuthority("CN=state");
  const names = [{ type: "dns" as const, value: "redis.internal" }];
  const server = await authority.sign({ subject: "CN=redis.internal", names });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const port = await freePort();
  const redis = await startRedis(program.place, join(folder, "redis"), {
    lines: [
      `tls-port ${port}`,
      `tls-cert-file ${file("server.crt", server.cert)}`,
      `tls-key-file ${file("server.key", server.key)}`,
      `tls-ca-cert-file ${file("ca.crt", authority.pem)}`,
      "tls-auth-clients yes",
    ],
  });
  context.after(() => redis.close());
  const url = new URL(redis.url);
  [url.protocol, url.port] = ["rediss:", String(port)];
  return {
    url: url.href,
    authority,
    own: await authority.sign({ subject: "CN=gate" }),
    pin: pinOf(new X509Certificate(server.cert)),
  };
}

const bare: Tls = {
  plan: { serverName: undefined, pins: [] },
  texts: { authorities: [], cert: undefined, key: undefined },
};

/** How the gate may be set up for that server, and what it is then told; undefined: they count. */
const settings: Readonly<
  Record<string, readonly [(scene: Scene) => Tls | undefined, RegExp | undefined]>
> = {
  "nothing is said": [() => undefined, /self-signed certificate|unable to verify|unable to get/],
  "its authority is not believed": [
    ({ own }) => ({
      plan: { serverName: "redis.internal", pins: [] },
      texts: { authorities: [], ...own },
    }),
    /self-signed certificate|unable to verify|unable to get/,
  ],
  "it proves another name": [
    ({ authority, own }) => ({ ...bare, texts: { authorities: [authority.pem], ...own } }),
    /not in the cert's list|does not match/,
  ],
  "the gate shows no certificate": [
    ({ authority }) => ({
      plan: { serverName: "redis.internal", pins: [] },
      texts: { ...bare.texts, authorities: [authority.pem] },
    }),
    /certificate required|closed|ECONNRESET|no answer|disconnected/i,
  ],
  "another key is pinned": [
    ({ authority, own }) => ({
      plan: { serverName: "redis.internal", pins: [`sha256/${"A".repeat(43)}=`] },
      texts: { authorities: [authority.pem], ...own },
    }),
    /is not pinned/,
  ],
  "all is right": [
    ({ authority, own, pin }) => ({
      plan: { serverName: "redis.internal", pins: [pin] },
      texts: { authorities: [authority.pem], ...own },
    }),
    undefined,
  ],
};

test(
  "Redis over TLS is used where both have proved who they are, and is lost where one has not",
  {
    needs: ["ownRedis"],
    timeout: 60_000,
  },
  async (_given, context) => {
    const scene = await serve(context);
    const trusting = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    context.after(() => {
      if (trusting === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = trusting;
    });
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    for (const [setting, [make, fault]] of Object.entries(settings)) {
      const tls = make(scene);
      const told: (string | undefined)[] = [];
      const state = RedisState.open({
        plan: planFor(scene.url),
        tls: tls && compileStateTls(tls),
        prefix: `portcullis-test:${process.pid}:`,
        overshoot: 0,
        measures: new StateMeasures(),
        mostShown: 10,
        onChange: (lost) => told.push(lost),
        onTrouble: () => undefined,
      });
      try {
        await until(() => told.length > 0);
        if (fault === undefined) {
          assert.deepEqual(told, [undefined], setting);
          const bucket = rateBucket("tls", setting, { intervalMs: 60_000, burst: 2 });
          assert.deepEqual((await state.takeAll([bucket])).remaining, [1]);
        } else {
          assert.equal(state.isAvailable, false, setting);
          assert.match(String(told[0]), fault, setting);
        }
      } finally {
        await state.close();
      }
    }
  },
);
