import { mkdtempSync } from "node:fs";
import { createServer, type IncomingMessage, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KyselyPlugin } from "kysely";

import type { IdentityPlan } from "@portcullis/guard/policy/plan";
import { openIdentity, type Identity } from "../../packages/server/src/issuer/open-identity.ts";
import { Accounts } from "../../packages/server/src/accounts/accounts.ts";
import { openStore } from "../../packages/server/src/store/open-store.ts";
import { SigningKeys } from "../../packages/server/src/issuer/signing-keys.ts";
import { createSealing } from "../../packages/server/src/store/sealing.ts";
import { password, type IdentityGate } from "./identity-gate.ts";

/** The issuer without the gate before it, in this process, with a clock and a storage that tests can set. */
export interface DirectIssuer extends IdentityGate {
  readonly email: string;
  advance(ms: number): void;
  incidents(): readonly string[];
  forgetIncidents(): void;
  liveTokens(sessionId: string): Promise<number>;
  seen: Identity["seen"];
  rotateKeys(): Promise<void>;
  now(): number;
  /** Everything in the database, as text. */
  dump(): Promise<string>;
}

const tables = ["oidc_records", "rotation_receipts", "app_sessions", "accounts", "factors", "devices", "one_time_codes", "signing_keys", "audit"] as const;

export interface DirectIssuerOptions {
  readonly store: string;
  readonly delayMs: number;
  /** As other products have it: a token that was used is spent, whatever became of the answer. */
  readonly strictRotation?: boolean;
}

export async function openDirectIssuer({ delayMs, store: url, strictRotation = false }: DirectIssuerOptions): Promise<DirectIssuer> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-issuer-"));
  const real = await openStore(url === "sqlite" ? join(directory, "store.db") : await freshDatabase(url), directory);
  const db = delayMs === 0 ? real.db : real.db.withPlugin(slowly(delayMs));
  let skew = 0;
  const realNow = Date.now.bind(Date);
  // The provider asks Date itself.
  Date.now = () => realNow() + skew;
  const now = (): number => realNow() + skew;
  const said: string[] = [];
  const sealing = createSealing([Buffer.alloc(32, 7)]);
  const server = createServer((request, response) => {
    request.headers["x-forwarded-proto"] = "https";
    request.headers["x-forwarded-for"] = "192.0.2.7";
    void identity.issuer.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `https://localhost:${port}`;
  const plan = { issuer: origin, audiences: ["https://notes.example"], binding: "optional", requireNonce: false } as unknown as IdentityPlan;
  const policy = { portcullis: 1, apis: [], identity: { issuer: "builtin", audience: ["https://notes.example"], ...(strictRotation ? { refreshToken: { retryWindow: 0 } } : {}) }, roles: { member: ["notes:read", "notes:write"] }, apps: [{ id: "notes-app", redirectUris: ["com.notes.app:/signed-in"] }] } as unknown as Parameters<typeof openIdentity>[0]["policy"];
  const start = (): Promise<Identity> => openIdentity({ policy, plan, store: { ...real, db }, sealing, folder: directory, directory, environment: {}, onKeys: () => undefined, onTrouble: (message) => said.push(message), now, ...(strictRotation ? { receiptMs: 0 } : {}) });
  let identity = await start();
  const email = "ann@notes.example";
  await new Accounts(real.db, now).add({ id: "u-ann", email, emailVerified: true, password, roles: ["member"] });
  const incidents = (): string[] => said.filter((message) => message.startsWith("incident"));
  return {
    origin,
    audience: "https://notes.example",
    directory,
    port,
    email,
    fetch: ((input: string | URL, init?: RequestInit) => plainFetch(port, new URL(input), init)) as typeof fetch,
    advance: (ms) => (skew += ms),
    now,
    incidents,
    forgetIncidents: () => said.splice(0),
    seen: (generations) => identity.seen(generations),
    async liveTokens(sessionId) {
      const session = await real.db.selectFrom("app_sessions").selectAll().where("id", "=", sessionId).executeTakeFirst();
      if (session === undefined || session.ended_at !== null) return 0;
      return (await real.db.selectFrom("oidc_records").select("id").where("model", "=", "RefreshToken").where("grant_ref", "=", session.grant_ref).where("consumed_at", "is", null).execute()).length;
    },
    async dump() {
      let text = "";
      for (const table of tables) {
        for (const row of await real.db.selectFrom(table).selectAll().execute()) text += Object.values(row).map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value))).join("\n");
      }
      return text;
    },
    get gate(): never {
      throw new Error("there is no gate");
    },
    command: () => ({ status: 2, out: "", error: "there is no gate" }),
    addUser: () => "u-ann",
    mails: () => [],
    async restart() {
      const before = identity;
      identity = await start();
      await before.close();
    },
    async rotateKeys() {
      await new SigningKeys(real.db, sealing, now).rotate(true);
    },
    rewrite: () => undefined,
    close() {
      Date.now = realNow;
      server.closeAllConnections();
      server.close();
      void identity.close().then(() => real.close());
    },
  };
}

/** Each answer of the database is late by a random time, so that requests meet between any two statements. */
function slowly(delayMs: number): KyselyPlugin {
  return {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * (delayMs - 1)));
      return result;
    },
  };
}

let made = 0;

async function freshDatabase(url: string): Promise<string> {
  const admin = await openStoreless(url);
  const name = `portcullis_test_${process.pid}_${(made += 1)}`;
  await admin.query(`DROP DATABASE IF EXISTS ${name}`);
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

async function openStoreless(url: string): Promise<{ query(text: string): Promise<unknown>; end(): Promise<void> }> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return { query: (text) => client.query(text), end: () => client.end() };
}

/** The issuer believes it is behind TLS; the test speaks to it in the clear. */
function plainFetch(port: number, url: URL, init: RequestInit = {}): Promise<Response> {
  const headers = Object.fromEntries(new Headers(init.headers).entries());
  const body = init.body === undefined || init.body === null ? undefined : String(init.body as string | URLSearchParams);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, path: `${url.pathname}${url.search}`, method: init.method ?? "GET", headers: { ...headers, host: url.host } }, (response: IncomingMessage) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part)).on("end", () => {
        const answer = new Headers();
        for (let index = 0; index < response.rawHeaders.length; index += 2) answer.append(response.rawHeaders[index] as string, response.rawHeaders[index + 1] as string);
        const status = response.statusCode ?? 0;
        const whole = new Response([204, 304].includes(status) ? null : Buffer.concat(parts), { status, headers: answer });
        Object.defineProperty(whole, "url", { value: url.href });
        resolve(whole);
      });
    });
    request.once("error", reject);
    request.end(body);
  });
}


