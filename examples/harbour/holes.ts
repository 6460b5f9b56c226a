import type { Send } from "./send.ts";

/** One classic hole: how it is used, and how it shows that it is open. */
export interface Hole {
  readonly name: string;
  /** OWASP API Security Top 10, 2023. */
  readonly risk: string;
  /** True when the attack worked. */
  readonly isOpen: (
    send: Send,
    login: (username: string, password: string) => Promise<string>,
  ) => Promise<boolean>;
}

const ben = ["ben", "battery staple"] as const;

export const holes: readonly Hole[] = [
  {
    name: "read another customer's account by its id (BOLA)",
    risk: "API1",
    async isOpen(send, login) {
      const token = await login(...ben);
      return (await send("GET", "/v1/accounts/a-1", { token })).status === 200;
    },
  },
  {
    name: "pay from another customer's account, named in the body (BOLA)",
    risk: "API1",
    async isOpen(send, login) {
      const token = await login(...ben);
      return (
        (
          await send("POST", "/v1/payments", {
            token,
            json: { accountId: "a-2", toIban: "NL45HARB0000000003", amount: 990_000 / 10 },
          })
        ).status === 201
      );
    },
  },
  {
    name: "export another customer's profile (BOLA)",
    risk: "API1",
    async isOpen(send, login) {
      const token = await login(...ben);
      return (await send("GET", "/v1/customers/c-1001/export", { token })).status === 200;
    },
  },
  {
    name: "forge a token, because nobody looks at its signature",
    risk: "API2",
    async isOpen(send) {
      const part = (value: unknown): string =>
        Buffer.from(JSON.stringify(value)).toString("base64url");
      const token = `${part({ alg: "none", typ: "at+jwt" })}.${part({ sub: "c-1001", roles: ["support"] })}.`;
      return (await send("GET", "/v1/accounts/a-1", { token })).status === 200;
    },
  },
  {
    name: "guess passwords without end (no limits)",
    risk: "API2, API4",
    async isOpen(send) {
      for (let guess = 0; guess < 40; guess += 1) {
        const { status } = await send("POST", "/v1/sessions", {
          json: { username: "eve", password: `guess-${guess}` },
        });
        if (status === 429) return false;
      }
      return true;
    },
  },
  {
    name: "lower one's own risk score by a property nobody declared (mass assignment)",
    risk: "API3",
    async isOpen(send, login) {
      const token = await login(...ben);
      const { body } = await send("PATCH", "/v1/customers/c-1002", {
        token,
        json: { name: "Ben Olsen", riskScore: 0 },
      });
      return (body as { riskScore?: unknown }).riskScore === 0;
    },
  },
  {
    name: "mark one's own payment as settled (mass assignment)",
    risk: "API3",
    async isOpen(send, login) {
      const token = await login(...ben);
      const { body } = await send("POST", "/v1/payments", {
        token,
        json: {
          accountId: "a-3",
          toIban: "NL02HARB0000000001",
          amount: 1,
          status: "settled",
          fee: 0,
        },
      });
      return (body as { status?: unknown }).status === "settled";
    },
  },
  {
    name: "see what the app does not show: risk score, tax number, card number (excessive data)",
    risk: "API3",
    async isOpen(send, login) {
      const token = await login(...ben);
      const profile = (await send("GET", "/v1/customers/c-1002", { token })).body as Record<
        string,
        unknown
      >;
      const card = (await send("GET", "/v1/cards/k-2", { token })).body as Record<string, unknown>;
      return (
        profile["taxNumber"] !== undefined ||
        profile["password"] !== undefined ||
        card["cvc"] !== undefined
      );
    },
  },
  {
    name: "receive the password reset's code in the answer (excessive data)",
    risk: "API3",
    async isOpen(send) {
      const { body } = await send("POST", "/v1/password-resets", {
        json: { email: "ann@harbour.example" },
      });
      return (body as { code?: unknown }).code !== undefined;
    },
  },
  {
    name: "list every customer as a customer (BFLA)",
    risk: "API5",
    async isOpen(send, login) {
      const token = await login(...ben);
      return (await send("GET", "/v1/admin/customers", { token })).status === 200;
    },
  },
  {
    name: "open the debug route that was left in",
    risk: "API8, API9",
    isOpen: async (send) =>
      JSON.stringify((await send("GET", "/v1/debug/env")).body).includes("DATABASE_PASSWORD"),
  },
  {
    name: "settle a payment through the unsigned webhook",
    risk: "API8",
    isOpen: async (send) =>
      (await send("POST", "/v1/webhooks/payments", { json: { paymentId: 2 } })).status === 200,
  },
];

export interface HoleOutcome {
  readonly hole: Hole;
  readonly bare: boolean;
  readonly gated: boolean;
}

/** Tries every hole on the bare backend and through the gate. */
export async function tryHoles(
  bare: Send,
  gated: Send,
  login: (username: string, password: string) => Promise<string>,
): Promise<HoleOutcome[]> {
  const outcomes: HoleOutcome[] = [];
  for (const hole of holes)
    outcomes.push({
      hole,
      bare: await hole.isOpen(bare, login),
      gated: await hole.isOpen(gated, login),
    });
  return outcomes;
}
