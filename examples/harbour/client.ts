import assert from "node:assert/strict";
import type { Send, Sent } from "./send.ts";

/**
 * What the bank's app does in a day, as a person who owns what she asks for. Throws when the bank
 * does not let her.
 */
export async function useTheBank(send: Send, say: (line: string) => void): Promise<void> {
  const ok = async (
    what: string,
    expected: number,
    sent: Promise<Sent>,
  ): Promise<Record<string, unknown>> => {
    const { body, status } = await sent;
    assert.equal(status, expected, `${what}: ${status} ${JSON.stringify(body)}`);
    say(`  ${String(status)}  ${what}`);
    return body as Record<string, unknown>;
  };
  const session = await ok(
    "sign in",
    201,
    send("POST", "/v1/sessions", { json: { username: "ann", password: "correct horse" } }),
  );
  const token = String(session["accessToken"]);
  const customer = String(session["customerId"]);
  const { items } = (await ok("list accounts", 200, send("GET", "/v1/accounts", { token }))) as {
    items: { id: string; balance: number }[];
  };
  assert.equal(items.length, 2);
  const [account] = items;
  assert.ok(account !== undefined);
  await ok("one account", 200, send("GET", `/v1/accounts/${account.id}`, { token }));
  const payment = await ok(
    "pay",
    201,
    send("POST", "/v1/payments", {
      token,
      json: {
        accountId: account.id,
        toIban: "NL45HARB0000000003",
        amount: 1250,
        reference: "Lunch €12.50",
      },
    }),
  );
  assert.equal(payment["status"], "pending");
  await ok("the payment", 200, send("GET", `/v1/payments/${String(payment["id"])}`, { token }));
  await ok(
    "a page of payments",
    200,
    send("GET", `/v1/accounts/${account.id}/payments?limit=1`, { token }),
  );
  await ok("search", 200, send("GET", "/v1/search?q=Lunch%20%E2%82%AC", { token }));
  let cursor: string | null = "0";
  let pages = 0;
  while (cursor !== null && pages < 10) {
    const page: Record<string, unknown> = await ok(
      `feed from ${cursor}`,
      200,
      send("GET", `/v1/feed?limit=10&cursor=${cursor}`, { token }),
    );
    cursor = page["nextCursor"] as string | null;
    pages += 1;
  }
  await ok("the profile", 200, send("GET", `/v1/customers/${customer}`, { token }));
  await ok(
    "change the name",
    200,
    send("PATCH", `/v1/customers/${customer}`, { token, json: { name: "Ann de Boer" } }),
  );
  await ok(
    "a photo",
    200,
    send("PUT", `/v1/customers/${customer}/photo`, {
      token,
      bytes: Buffer.alloc(300_000, 7),
      type: "image/jpeg",
    }),
  );
  await ok("a card", 200, send("GET", "/v1/cards/k-1", { token }));
  await ok("a document", 200, send("GET", "/v1/documents/d-1", { token }));
  await ok("the export", 200, send("GET", `/v1/customers/${customer}/export`, { token }));
  await ok("accounts, version 2", 200, send("GET", "/v2/accounts", { token }));
  await ok(
    "pay, version 2",
    201,
    send("POST", "/v2/payments", {
      token,
      json: { accountId: account.id, toIban: "NL45HARB0000000003", amount: 100, reference: null },
      headers: { "Idempotency-Key": crypto.randomUUID() },
    }),
  );
}
