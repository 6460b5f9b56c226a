import type { IncomingHttpHeaders } from "node:http";
import type { DatabaseSync } from "node:sqlite";
import type { Customer } from "./database.ts";
import type { DemoIssuer } from "./issuer.ts";

/** One request, as a handler sees it. */
export interface Call {
  readonly parameters: readonly string[];
  readonly query: URLSearchParams;
  readonly json: Record<string, unknown>;
  readonly bytes: Buffer;
  readonly caller: { readonly id: string; readonly roles: readonly string[] } | undefined;
  readonly headers: IncomingHttpHeaders;
}

export class Reply {
  readonly status: number;
  readonly body: unknown;
  readonly type: string;
  readonly headers: Record<string, string>;
  constructor(
    status: number,
    body?: unknown,
    type = "application/json",
    headers: Record<string, string> = {},
  ) {
    this.status = status;
    this.body = body;
    this.type = type;
    this.headers = headers;
  }
}

export type Handler = (call: Call) => Reply | Promise<Reply>;

const missing = new Reply(404, { error: "not found" });
const unauthorized = new Reply(401, { error: "sign in" });
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** A backend as many are: it works, and it trusts its callers. Each HOLE is open on purpose. */
export function routes(database: DatabaseSync, issuer: DemoIssuer): ReadonlyMap<string, Handler> {
  const one = (sql: string, ...values: (string | number)[]): Record<string, unknown> | undefined =>
    database.prepare(sql).get(...values);
  const all = (sql: string, ...values: (string | number)[]): Record<string, unknown>[] =>
    database.prepare(sql).all(...values);
  const signedIn =
    (
      handler: (call: Call, caller: NonNullable<Call["caller"]>) => Reply | Promise<Reply>,
    ): Handler =>
    (call) =>
      call.caller === undefined ? unauthorized : handler(call, call.caller);

  const login: Handler = async ({ json }) => {
    // HOLE (no limits): as many guesses as the line carries.
    const customer = one(
      "SELECT * FROM customers WHERE username = ? AND password = ?",
      text(json["username"]),
      text(json["password"]),
    ) as Customer | undefined;
    if (customer === undefined) return new Reply(401, { error: "wrong username or password" });
    return new Reply(201, {
      accessToken: await issuer.sign(customer),
      customerId: customer.id,
      expiresIn: 600,
    });
  };
  const signUp: Handler = ({ json }) => {
    const id = `c-${2000 + Math.floor(Math.random() * 6000)}`;
    database
      .prepare("INSERT INTO customers VALUES (?, ?, ?, ?, ?, 'customer', 'standard', 0, '', NULL)")
      .run(
        id,
        text(json["username"]),
        text(json["password"]),
        text(json["name"]),
        text(json["email"]),
      );
    return new Reply(201, { customerId: id });
  };
  const resetPassword: Handler = ({ json }) => {
    const customer = one("SELECT * FROM customers WHERE email = ?", text(json["email"])) as
      | Customer
      | undefined;
    // HOLE (excessive data): the code goes into the answer instead of the mail.
    const code = String(100_000 + Math.floor(Math.random() * 900_000));
    if (customer !== undefined)
      database.prepare("INSERT INTO resets VALUES (?, ?)").run(code, customer.id);
    return new Reply(202, { sent: true, code });
  };
  /** HOLE (BOLA): any signed-in caller reads any row by its id. */
  const byId = (table: string): Handler =>
    signedIn(({ parameters }) => {
      const row = one(`SELECT * FROM ${table} WHERE id = ?`, parameters[0] ?? "");
      // HOLE (excessive data): the row as it lies in the table.
      return row === undefined ? missing : new Reply(200, row);
    });
  const ownAccounts = signedIn(
    (_call, caller) =>
      new Reply(200, { items: all("SELECT * FROM accounts WHERE customerId = ?", caller.id) }),
  );
  const paymentsOfAccount = signedIn(({ parameters, query }) => {
    const limit = Number(query.get("limit") ?? 20);
    const items = all(
      "SELECT * FROM payments WHERE accountId = ? AND id > ? ORDER BY id LIMIT ?",
      parameters[0] ?? "",
      Number(query.get("cursor") ?? 0),
      limit,
    );
    return new Reply(200, {
      items,
      nextCursor: items.length === limit ? String(items.at(-1)?.["id"]) : null,
    });
  });
  const pay = signedIn(({ json }, caller) => {
    // HOLE (mass assignment): whatever came is written: status, fee, another's account.
    const row = {
      customerId: caller.id,
      accountId: "",
      toIban: "",
      amount: 0,
      reference: "",
      status: "pending",
      fee: 25,
      createdAt: new Date().toISOString(),
      ...json,
    } as Record<string, string | number>;
    const { lastInsertRowid } = database
      .prepare(
        "INSERT INTO payments (customerId, accountId, toIban, amount, reference, status, fee, createdAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        row["customerId"] ?? "",
        row["accountId"] ?? "",
        row["toIban"] ?? "",
        row["amount"] ?? 0,
        row["reference"] ?? "",
        row["status"] ?? "",
        row["fee"] ?? 0,
        row["createdAt"] ?? "",
      );
    return new Reply(
      201,
      one("SELECT * FROM payments WHERE id = ?", Number(lastInsertRowid)),
      "application/json",
      { Location: `/v1/payments/${lastInsertRowid}` },
    );
  });
  const changeProfile = signedIn(({ json, parameters }) => {
    // HOLE (mass assignment): every column may be set, the role too.
    const columns = Object.keys(json).filter((key) =>
      ["name", "email", "role", "plan", "riskScore"].includes(key),
    );
    for (const column of columns)
      database
        .prepare(`UPDATE customers SET ${column} = ? WHERE id = ?`)
        .run(text(json[column]) || Number(json[column]), parameters[0] ?? "");
    const row = one("SELECT * FROM customers WHERE id = ?", parameters[0] ?? "");
    return row === undefined ? missing : new Reply(200, row);
  });
  const exportProfile = signedIn(({ parameters }) => {
    const id = parameters[0] ?? "";
    // HOLE (BOLA): the path's customer, not the caller.
    return new Reply(200, {
      customer: one("SELECT * FROM customers WHERE id = ?", id),
      accounts: all("SELECT * FROM accounts WHERE customerId = ?", id),
      payments: all("SELECT * FROM payments WHERE customerId = ?", id),
    });
  });
  const savePhoto = signedIn(({ bytes, parameters }) => {
    database.prepare("UPDATE customers SET photo = ? WHERE id = ?").run(bytes, parameters[0] ?? "");
    return new Reply(200, { bytes: bytes.length });
  });
  const search = signedIn(
    ({ query }, caller) =>
      new Reply(200, {
        items: all(
          "SELECT id, reference, amount FROM payments WHERE customerId = ? AND reference LIKE ? LIMIT 50",
          caller.id,
          `%${query.get("q") ?? ""}%`,
        ),
      }),
  );
  const feed = signedIn(({ query }, caller) => {
    const limit = Number(query.get("limit") ?? 10);
    const items = all(
      "SELECT id, text FROM feed WHERE customerId = ? AND id > ? ORDER BY id LIMIT ?",
      caller.id,
      Number(query.get("cursor") ?? 0),
      limit,
    );
    return new Reply(200, {
      items,
      nextCursor: items.length === limit ? String(items.at(-1)?.["id"]) : null,
    });
  });
  // HOLE (BFLA): the app does not show it to customers, so nobody asks who calls.
  const allCustomers = signedIn(() => new Reply(200, { items: all("SELECT * FROM customers") }));
  // HOLE (debug route left in): in no document, and answered all the same.
  const debug: Handler = () =>
    new Reply(200, { DATABASE_PASSWORD: "harbour-prod-7", node: process.version });
  const settle: Handler = ({ json }) => {
    // HOLE (unsigned webhook): anybody may say that a payment has settled.
    database
      .prepare("UPDATE payments SET status = 'settled' WHERE id = ?")
      .run(Number(json["paymentId"] ?? 0));
    return new Reply(200, { settled: json["paymentId"] });
  };

  const shared: [string, Handler][] = [
    ["GET /accounts", ownAccounts],
    ["GET /accounts/{accountId}", byId("accounts")],
    ["GET /accounts/{accountId}/payments", paymentsOfAccount],
    ["POST /payments", pay],
    ["GET /payments/{paymentId}", byId("payments")],
    ["GET /feed", feed],
  ];
  return new Map<string, Handler>([
    ["POST /v1/sessions", login],
    ["POST /v1/customers", signUp],
    ["POST /v1/password-resets", resetPassword],
    ...["/v1", "/v2"].flatMap((base) =>
      shared.map(([pattern, handler]): [string, Handler] => [
        pattern.replace(" ", ` ${base}`),
        handler,
      ]),
    ),
    ["GET /v1/customers/{customerId}", byId("customers")],
    ["PATCH /v1/customers/{customerId}", changeProfile],
    ["GET /v1/customers/{customerId}/export", exportProfile],
    ["PUT /v1/customers/{customerId}/photo", savePhoto],
    ["GET /v1/cards/{cardId}", byId("cards")],
    ["GET /v1/documents/{documentId}", byId("documents")],
    ["GET /v1/search", search],
    ["GET /v1/admin/customers", allCustomers],
    ["GET /v1/debug/env", debug],
    ["POST /v1/webhooks/payments", settle],
  ]);
}
