import { createHash } from "node:crypto";
import * as oauth from "oauth4webapi";
import { App } from "./app.ts";
import { type IdentityGate, startIdentityGate } from "./identity-gate.ts";

export const email = "ann@notes.example";

/** An issuer behind its gate, as an outsider can reach it: an app, a service, and bare requests. */
export interface Outsider {
  readonly gate: IdentityGate;
  readonly app: App;
  /** An authorization request as a browser sends it. */
  readonly authorize: (over: Query) => Promise<Response>;
  readonly post: (
    path: string,
    fields: string | Readonly<Record<string, string>>,
    headers?: Record<string, string>,
  ) => Promise<{
    readonly status: number;
    readonly body: Record<string, unknown>;
    readonly headers: Headers;
  }>;
  /** How the service `reports`, which is the API of the audience, proves who it is. */
  readonly basic: () => string;
  /** How the service `other` does, which is the API of none. */
  readonly basicOfOther: () => string;
}

type Query = Readonly<Record<string, string | undefined>>;

export async function startOutsider(): Promise<Outsider> {
  const gate = await startIdentityGate();
  gate.addUser(email, "--role", "member");
  const secrets = Object.fromEntries(
    [["reports", "--serves", gate.audience], ["other"]].map((words) => {
      const [name = ""] = words;
      const service = ["--kind", "service", "--scope", "notes:read", "--json"];
      const { out } = gate.command("clients", "add", ...words, ...service);
      return [name, (JSON.parse(out) as { secret: string }).secret];
    }),
  );
  const basicOf = (name: string): string =>
    `Basic ${Buffer.from(`${name}:${secrets[name]}`).toString("base64")}`;
  // A client that was added is known within a second.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  return {
    gate,
    app: await new App(gate).begin(),
    authorize: (over) => gate.fetch(`${gate.origin}/oauth/authorize?${queryOf(over)}`),
    async post(path, fields, headers = {}) {
      const answer = await gate.fetch(`${gate.origin}${path}`, {
        method: "POST",
        body: typeof fields === "string" ? fields : new URLSearchParams(fields).toString(),
        headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers },
      });
      return {
        status: answer.status,
        headers: answer.headers,
        body: (await answer.json().catch(() => ({}))) as Record<string, unknown>,
      };
    },
    basic: () => basicOf("reports"),
    basicOfOther: () => basicOf("other"),
  };
}

export const verifierOf = (): { readonly verifier: string; readonly challenge: string } => {
  const verifier = oauth.generateRandomCodeVerifier();
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
};

/** A good authorization request, but for what is said otherwise; `undefined` leaves a field out. */
export function queryOf(over: Query): string {
  const whole: Query = {
    client_id: "notes-app",
    redirect_uri: "com.notes.app:/signed-in",
    response_type: "code",
    scope: "openid",
    state: "s",
    code_challenge: verifierOf().challenge,
    code_challenge_method: "S256",
    ...over,
  };
  return new URLSearchParams(
    Object.entries(whole).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ).toString();
}
