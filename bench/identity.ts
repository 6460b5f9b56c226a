// What identity costs: refreshes and sign-ins per CPU second beside a bare oidc-provider, a bound
// request at the gate beside one signature, and how long a revoked token is still taken. Prints one
// table; `node tools/run.mjs bench/identity.ts`.
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJwt } from "jose";
import * as oauth from "oauth4webapi";
import { Sessions } from "../packages/identity/src/people/sessions.ts";
import { openStore } from "../packages/server/src/store/open-store.ts";
import { App } from "../test/identity/app.ts";
import { freePort, type IdentityGate, startIdentityGate } from "../test/identity/identity-gate.ts";
import { boundRequest } from "./bound-request.ts";

const email = "ann@notes.example";
const workers = 8;

/** User and system time of a process so far, in milliseconds. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function perCpuSecond(
  pid: number,
  count: number,
  work: (worker: number) => Promise<void>,
): Promise<number> {
  const before = cpuMs(pid);
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let done = 0; done < count / workers; done += 1) await work(worker);
    }),
  );
  return (count / (cpuMs(pid) - before)) * 1000;
}

async function refreshes(gate: IdentityGate, pid: number, count: number): Promise<number> {
  const apps = await Promise.all(
    Array.from({ length: workers }, async () => {
      const app = await new App(gate).begin();
      return { app, token: (await app.signIn(email)).refresh_token as string };
    }),
  );
  const one = async (worker: number): Promise<void> => {
    const own = apps[worker] as (typeof apps)[number];
    own.token = (await own.app.refresh(own.token)).refresh_token as string;
  };
  await perCpuSecond(pid, workers * 5, one);
  return perCpuSecond(pid, count, one);
}

function startBare(port: number): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [
      "--conditions=@portcullis/source",
      "--disable-warning=ExperimentalWarning",
      join(import.meta.dirname, "bare-provider.ts"),
      String(port),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  return new Promise((resolve) => child.stdout?.once("data", () => resolve(child)));
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

/**
 * Milliseconds from the end of a session to the first refusal, over connections that reach every
 * thread.
 */
async function revocationTimes(gate: IdentityGate, rounds: number): Promise<readonly number[]> {
  const store = await openStore(join(gate.directory, "state", "portcullis.db"), gate.directory);
  const sessions = new Sessions(store, Date.now);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const app = await new App(gate).begin();
    const tokens = await app.signIn(email);
    await app.call("/notes", tokens);
    let lastTaken = 0;
    let refused = 0;
    const asking = Promise.all(
      Array.from({ length: workers }, async () => {
        while (refused < workers * 4) {
          const { status } = await app.call("/notes", tokens);
          if (status === 200) lastTaken = performance.now();
          else refused += 1;
        }
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    await sessions.end({ id: decodeJwt(tokens.access_token)["sid"] as string }, "bench");
    const ended = performance.now();
    await asking;
    times.push(Math.max(0, lastTaken - ended));
  }
  await store.close();
  return times;
}

/** The same refreshes at the bare provider, in memory and without a gate. */
async function bareRefreshes(port: number, pid: number, count: number): Promise<number> {
  const issuer = `http://localhost:${port}`;
  const metadata: oauth.AuthorizationServer = {
    issuer,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  };
  const client: oauth.Client = { client_id: "notes-app", id_token_signed_response_alg: "ES256" };
  const apps = await Promise.all(
    Array.from({ length: workers }, async () => {
      const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
        "sign",
        "verify",
      ]);
      const DPoP = oauth.DPoP({}, keys);
      return {
        DPoP,
        token: await (await fetch(`${issuer}/?mint=${await DPoP.calculateThumbprint()}`)).text(),
      };
    }),
  );
  const one = async (worker: number): Promise<void> => {
    const own = apps[worker] as (typeof apps)[number];
    const send = (): Promise<Response> =>
      oauth.refreshTokenGrantRequest(metadata, client, oauth.None(), own.token, {
        DPoP: own.DPoP,
        [oauth.allowInsecureRequests]: true,
      });
    const read = async (): Promise<oauth.TokenEndpointResponse> =>
      oauth.processRefreshTokenResponse(metadata, client, await send());
    own.token = (
      await read().catch((fault: unknown) =>
        oauth.isDPoPNonceError(fault) ? read() : Promise.reject(fault as Error),
      )
    ).refresh_token as string;
  };
  await perCpuSecond(pid, workers * 5, one);
  return perCpuSecond(pid, count, one);
}

const gate = await startIdentityGate({ threads: 2 });
const barePort = await freePort();
const bare = await startBare(barePort);
try {
  gate.addUser(email, "--role", "member");
  const pid = gate.gate.process.pid as number;
  const ours = await refreshes(gate, pid, 800);
  const signIns = await perCpuSecond(
    pid,
    80,
    async () => void (await (await new App(gate).begin()).signIn(email)),
  );
  const peer = await bareRefreshes(barePort, bare.pid as number, 800);
  const times = await revocationTimes(gate, 20);
  const { proof, signature } = boundRequest();
  console.log(
    [
      "| what | figure |",
      "|---|---|",
      `| refreshes per CPU second, durable, bound, through the gate | ${ours.toFixed(0)} |`,
      `| the same refreshes, bare oidc-provider in memory, no gate, no TLS | ${peer.toFixed(0)} |`,
      `| sign-ins per CPU second (page, password, code, tokens) | ${signIns.toFixed(1)} |`,
      `| a bound request at the gate, proof and replay memory | ${proof.toFixed(0)} µs |`,
      `| one ES256 verification | ${signature.toFixed(0)} µs |`,
      `| ratio | ${(proof / signature).toFixed(2)} |`,
      `| a revoked token was taken for, median / longest of ${times.length} | ${medianOf(times).toFixed(0)} / ${Math.max(...times).toFixed(0)} ms |`,
    ].join("\n"),
  );
} finally {
  bare.kill();
  gate.close();
}
