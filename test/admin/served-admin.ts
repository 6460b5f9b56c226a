import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Administration } from "@portcullis/identity/administration";
import { ClientAdministration } from "@portcullis/identity/clients";
import { ViewersFault } from "../../packages/server/src/watch/live-records.ts";
import {
  allocateSharedBuckets,
  allocateSharedPressure,
  giveBack,
  SharedMemoryState,
  SharedPressure,
} from "@portcullis/guard/state";
import {
  type AdminCredential,
  openAdminCredential,
} from "../../packages/server/src/admin/admin-credential.ts";
import { startAdminServer } from "../../packages/server/src/admin/admin-server.ts";
import { consoleAddressOf } from "../../packages/server/src/admin/access/console-address.ts";
import { ConsolePeople } from "../../packages/server/src/admin/access/console-people.ts";
import { EntryLinks } from "../../packages/server/src/admin/access/entry-links.ts";
import { AdminTokens } from "../../packages/server/src/admin/admin-tokens.ts";
import { Switching } from "../../packages/server/src/admin/switches/switching.ts";
import { Granting } from "../../packages/server/src/admin/grants/granting.ts";
import { Impersonating } from "../../packages/server/src/admin/impersonations/impersonating.ts";
import type { AdminAct } from "../../packages/server/src/admin/answer-request.ts";
import { Releasing } from "../../packages/server/src/admin/releases/releasing.ts";
import { standingOf } from "@portcullis/guard/policy";
import { postureRows } from "../../packages/server/src/admin/posture/posture-table.ts";
import { Pressing } from "../../packages/server/src/admin/pressure/pressing.ts";
import type { Route } from "../../packages/server/src/admin/route.ts";
import { adminRoutes } from "../../packages/server/src/admin/routes.ts";
import { Spenders } from "../../packages/server/src/watch/spenders.ts";
import { planned } from "../policy/planned.ts";
import { verifyChain } from "../../packages/server/src/store/audit-chain/verify-chain.ts";
import { attacked } from "./served-attack.ts";
import { servedGuarding } from "./served-guarding.ts";
import type { DatabaseStore } from "../../packages/server/src/store/database-store.ts";
import { openStore } from "../../packages/server/src/store/open-store.ts";
import { createSealing } from "../../packages/server/src/store/sealing.ts";

export interface AdminAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** The admin API over a store of its own, as a test drives it. */
export interface ServedAdmin {
  readonly directory: string;
  readonly port: number;
  /** The content of the file of the first start. */
  readonly token: string;
  readonly tokens: AdminTokens;
  readonly credential: AdminCredential;
  readonly routes: readonly Route[];
  /** What the operator was told. */
  readonly said: string[];
  /** What was written down before it was done. */
  readonly noted: AdminAct[];
  /** What holds from now on; a test changes it. */
  readonly holds: { store: DatabaseStore; nowMs: number; fault?: Error | undefined };
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<AdminAnswer>;
  close(): Promise<void>;
}

/** Pressure of a policy that asks for it. */
const pressingFor = (): Pressing =>
  new Pressing(() => ({
    isAsked: true,
    steps: [2, 4, 8],
    port: new SharedPressure(pressureTable, { steps: 3, quietMs: 600_000 }),
    networkOf: (address) => address,
  }));
const pressureTable = allocateSharedPressure(64, [1, 2]);

/** Ann has asked twice, and somebody who is not signed in once, in vain. */
function spendersAtOnce(): Spenders {
  const spenders = new Spenders();
  const [address, operation] = ["203.0.113.9", "search"];
  const spent = [
    { user: "ann", address, operation, requests: 2, cost: 10, held: 0 },
    { user: undefined, address, operation: "login", requests: 1, cost: 1, held: 1 },
  ];
  spenders.merge({ spent, isSampled: false });
  return spenders;
}

const limitRules = `identity: { issuer: https://login.example.com, audience: x }
operations:
  - { match: getAccount, limits: [{ rate: 2/hour, per: user }] }
  - { match: login, limits: [{ rate: 20/hour, per: address }, { rate: 5/hour, per: [address, body.username] }] }
`;

export async function serveAdmin(): Promise<ServedAdmin> {
  const { plan } = await planned(limitRules);
  if (plan === undefined) throw new Error("the policy makes no plan");
  const limits = new SharedMemoryState(allocateSharedBuckets(64, [1, 2]));
  const directory = mkdtempSync(join(tmpdir(), "portcullis-admin-api-"));
  const credential = openAdminCredential(directory);
  const token = readFileSync(credential.file, "utf8").trim();
  const sealing = createSealing([Buffer.alloc(32, 7)]);
  const said: string[] = [];
  const noted: AdminAct[] = [];
  const first = await openStore("store.db", directory);
  const holds: ServedAdmin["holds"] = { store: first, nowMs: 1_000_000 };
  const tokens = new AdminTokens(first.adminTokens, () => holds.nowMs);
  const verifying = { keepMs: 1, nowMs: 1, known: undefined };
  const attacks = await attacked();
  const routes = adminRoutes({
    metrics: () => "portcullis_up 1\n",
    notReady: () => undefined,
    degraded: () => [],
    hashName: (kind, id) => `${kind} ${id}`,
    sources: () => ({ people: 0 }),
    evidence: () => {
      if (holds.fault !== undefined) throw holds.fault;
      return [];
    },
    records: () => ({ items: [], next: undefined, missing: [] }),
    keptMs: () => 1,
    watch: () => {
      throw new ViewersFault("nobody looks on here");
    },
    incidents: attacks,
    posture: async () => ({
      rows: postureRows(
        standingOf({ apis: [] }),
        { owner: "platform", owners: { limit: "gate team" } },
        attacks.decided,
      ),
      next: [{ about: "alerts", what: "nobody is told", how: "alerts: []" }],
      sinceMs: attacks.decided.sinceMs,
      requests: attacks.decided.requests,
    }),
    releases: new Releasing({
      book: attacks.releases,
      apps: () => ["harbour-ios"],
      nowMs: attacks.nowMs,
    }),
    series: async ({ by }) => ({
      items: [{ at: "2026-11-20T10:00:00.000Z", requests: 1, decided: by.length }],
      estimated: false,
      missing: [],
    }),
    revealing: {
      reveal: async (pseudonym) => (pseudonym === "known" ? "ann" : undefined),
      note: async () => undefined,
    },
    guarding: servedGuarding,
    pressing: pressingFor(),
    spenders: spendersAtOnce(),
    givingBack: { giveBack: (named) => giveBack(named, plan, limits, 1_763_640_000_000) },
    console: {
      people: new ConsolePeople(first, () => holds.nowMs),
      links: new EntryLinks(first, () => holds.nowMs),
      address: () => consoleAddressOf({ url: "https://console.example.com" }, 0),
    },
    administrations: {
      people: (who) => new Administration(holds.store, sealing, who?.actor ?? "", ["member"]),
      clients: (who) => new ClientAdministration(holds.store, sealing, who?.actor ?? "", []),
      identity: () => ({
        issuer: "https://login.example.com",
        audience: ["api"],
        sources: { people: { issuer: "https://idp.example.com", audience: ["api"] } },
      }),
      grants: (who) => new Granting(first.grants, first.audit, who?.actor ?? "", Date.now),
      impersonations: (who) => new Impersonating(first, who?.actor ?? ""),
      nowMs: () => holds.nowMs,
      switches: (who) => new Switching(first.switches, first.audit, who?.actor ?? "", Date.now),
      operations: () => [{ name: "listNotes", place: "GET /notes" }],
      tokens,
      audit: first.audit,
      verifyAudit: () => verifyChain(first, sealing, verifying),
    },
  });
  const server = await startAdminServer({
    host: "127.0.0.1",
    port: 0,
    credential,
    tokens,
    note: async (act) => {
      if (holds.fault !== undefined) throw holds.fault;
      noted.push(act);
    },
    say: (message) => said.push(message),
    routes,
  });
  return {
    directory,
    port: server.port,
    token,
    tokens,
    credential,
    routes,
    said,
    noted,
    holds,
    async ask(method, path, body, headers = {}) {
      const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      return {
        status: answer.status,
        headers: answer.headers,
        body: (await answer.json().catch(() => ({}))) as Record<string, unknown>,
      };
    },
    async close() {
      await attacks.close();
      await server.close();
      await first.close();
    },
  };
}
