import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sealing } from "@portcullis/identity/store";
import type { Kysely, KyselyPlugin } from "kysely";
import { openIdentity, type Identity } from "../../packages/identity/src/open-identity.ts";
import { Accounts } from "../../packages/identity/src/people/accounts.ts";
import { Passwords } from "../../packages/identity/src/people/passwords.ts";
import { DatabaseStore } from "../../packages/server/src/store/database-store.ts";
import { openDatabase } from "../../packages/server/src/store/open-store.ts";
import type { Schema } from "../../packages/server/src/store/schema.ts";
import { SigningKeys } from "../../packages/identity/src/protocol/signing-keys.ts";
import { createSealing } from "../../packages/server/src/store/sealing.ts";
import { freshDatabase } from "./fresh-database.ts";
import { password, type IdentityGate } from "./identity-gate.ts";
import { plainFetch } from "./plain-fetch.ts";

/**
 * The issuer without the gate before it, in this process, with a clock and a storage that tests can
 * set.
 */
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
  readonly db: Kysely<Schema>;
  readonly store: DatabaseStore;
  readonly sealing: Sealing;
  /** What the issuer has said for people. */
  readonly said: readonly string[];
}

const tables = [
  "oidc_records",
  "rotation_receipts",
  "app_sessions",
  "accounts",
  "factors",
  "devices",
  "one_time_codes",
  "signing_keys",
  "audit",
] as const;

export interface DirectIssuerOptions {
  readonly store: string;
  readonly delayMs: number;
  /** As other products have it: a token that was used is spent, whatever became of the answer. */
  readonly strictRotation?: boolean;
}

export async function openDirectIssuer({
  delayMs,
  store: url,
  strictRotation = false,
}: DirectIssuerOptions): Promise<DirectIssuer> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-issuer-"));
  const db = await openDatabase(
    url === "sqlite" ? join(directory, "store.db") : await freshDatabase(url),
    directory,
  );
  const real = new DatabaseStore(db);
  const store = delayMs === 0 ? real : new DatabaseStore(db.withPlugin(slowly(delayMs)));
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
    void identity.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `https://localhost:${port}`;
  const plan = {
    issuer: origin,
    audiences: ["https://notes.example"],
    binding: "optional",
    requireNonce: false,
  } as const;
  const policy = {
    portcullis: 1,
    apis: [],
    identity: {
      issuer: "builtin",
      audience: ["https://notes.example"],
      ...(strictRotation ? { refreshToken: { retryWindow: 0 } } : {}),
    },
    roles: { member: ["notes:read", "notes:write"] },
    apps: [{ id: "notes-app", redirectUris: ["com.notes.app:/signed-in"] }],
  } as unknown as Parameters<typeof openIdentity>[0]["policy"];
  const start = (): Promise<Identity> =>
    openIdentity({
      policy,
      plan,
      store,
      sealing,
      folder: directory,
      directory,
      isProduction: false,
      readSecret: () => {
        throw new Error("this policy names no secret");
      },
      onKeys: () => undefined,
      onTrouble: (message) => said.push(message),
      now,
      ...(strictRotation ? { receiptMs: 0 } : {}),
    });
  let identity = await start();
  const email = "ann@notes.example";
  await new Accounts(real.accounts, new Passwords(real.secrets, sealing), now).add({
    id: "u-ann",
    email,
    emailVerified: true,
    password,
    roles: ["member"],
  });
  const incidents = (): string[] => said.filter((message) => message.startsWith("incident"));
  return {
    origin,
    audience: "https://notes.example",
    directory,
    port,
    email,
    fetch: ((input: string | URL, init?: RequestInit) =>
      plainFetch(port, new URL(input), init)) as typeof fetch,
    advance: (ms) => (skew += ms),
    now,
    incidents,
    forgetIncidents: () => said.splice(0),
    seen: (generations) => identity.seen(generations),
    async liveTokens(sessionId) {
      const session = await db
        .selectFrom("app_sessions")
        .selectAll()
        .where("id", "=", sessionId)
        .executeTakeFirst();
      if (session === undefined || session.ended_at !== null) return 0;
      return (
        await db
          .selectFrom("oidc_records")
          .select("id")
          .where("model", "=", "RefreshToken")
          .where("grant_ref", "=", session.grant_ref)
          .where("consumed_at", "is", null)
          .execute()
      ).length;
    },
    db,
    store: real,
    sealing,
    said,
    async dump() {
      let text = "";
      for (const table of tables) {
        for (const row of await db.selectFrom(table).selectAll().execute())
          text += Object.values(row)
            .map((value) =>
              value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value),
            )
            .join("\n");
      }
      return text;
    },
    get gate(): never {
      throw new Error("there is no gate");
    },
    command: () => ({ status: 2, out: "", error: "there is no gate" }),
    addUser: () => "u-ann",
    mail: () => Promise.reject(new Error("mail is not kept")),
    allMails: () => Promise.reject(new Error("mail is not kept")),
    async restart() {
      const before = identity;
      identity = await start();
      await before.close();
    },
    async rotateKeys() {
      await new SigningKeys(real.signingKeys, sealing, now).rotate(true);
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

/**
 * Each answer of the database is late by a random time, so that requests meet between any two
 * statements.
 */
function slowly(delayMs: number): KyselyPlugin {
  return {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * (delayMs - 1)));
      return result;
    },
  };
}
