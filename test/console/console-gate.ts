import { readFileSync } from "node:fs";
import type { BrowserContext, Page } from "playwright-core";
import { type GatedBank, startGatedBank } from "../../examples/harbour/gated-bank.ts";
import { buildConsoleOnce } from "./built-console.ts";
import { bankRecords, hostileRecords, seedRecords } from "./seeded-records.ts";

export type ConsoleRole = "viewer" | "operator" | "admin";

/** The bank behind a gate that has a week of records, and the console before it. */
export interface ConsoleGate {
  readonly bank: GatedBank;
  readonly url: string;
  /** Signed in as somebody of this role. */
  signIn(context: BrowserContext, role?: ConsoleRole, url?: string): Promise<void>;
  /** Asks the admin API as the command line does. */
  ask<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): void;
}

/**
 * @param most requests in the busiest hour of the week that is put there
 * @param hostile names of records that are put there too
 */
export async function startConsoleGate(
  most: number,
  hostile: readonly string[] = [],
): Promise<ConsoleGate> {
  buildConsoleOnce();
  const bank = await startGatedBank({
    change: (text) =>
      `${text.replace(
        "  - match: [login, resetPassword]\n",
        "  - { match: login, role: sign-in }\n  - match: [login, resetPassword]\n",
      )}
store: ./state/portcullis.db
record: { fields: [subject, address, client], keep: { raw: 30d, minutes: 48h, hours: 400d, form: sqlite } }
`,
    before: (state) => {
      const nowMs = Date.now();
      const records = bankRecords({ nowMs, days: 9, most });
      return seedRecords(state, [...records, ...hostileRecords(hostile, nowMs)]);
    },
  });
  const { adminPort, adminTokenFile } = bank.gate;
  const url = `http://localhost:${adminPort}`;
  const ask = askerAt(url, adminTokenFile);
  return { bank, url, ask, signIn: signerIn(url, ask), close: () => bank.close() };
}

/** Asks the admin API as the command line does. */
export function askerAt(url: string, adminTokenFile: string): ConsoleGate["ask"] {
  const token = readFileSync(adminTokenFile, "utf8").trim();
  return async (method, path, body) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as never;
  };
}

/** What a page asks is asked with a token of that role; the page itself needs none. */
export const signerIn =
  (url: string, ask: ConsoleGate["ask"]): ConsoleGate["signIn"] =>
  async (context, role = "admin", at = url) => {
    const name = `${role}-${Math.random().toString(36).slice(2, 8)}`;
    const made = await ask<{ readonly token: string }>("POST", "/admin-tokens", {
      name,
      role,
      ttlSeconds: 3600,
    });
    await context.route(`${at}/**`, (route) => {
      const request = route.request();
      if (request.isNavigationRequest()) return route.fallback();
      const path = new URL(request.url()).pathname;
      if (path === "/session")
        return route.fulfill({ json: { actor: name, name: role, role, actToken: "act" } });
      return route.fallback({
        headers: { ...request.headers(), authorization: `Bearer ${made.token}` },
      });
    });
  };

/** What goes wrong in a page, to be held against nothing. */
export function faultsOf(page: Page): readonly string[] {
  const faults: string[] = [];
  page.on("pageerror", (fault) => faults.push(fault.message));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  return faults;
}
