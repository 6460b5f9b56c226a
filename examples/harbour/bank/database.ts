import { DatabaseSync } from "node:sqlite";

export interface Customer {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly plan: string;
  /** What no app should ever see. */
  readonly riskScore: number;
  readonly taxNumber: string;
}

/** The bank's own file. `:memory:` for tests. */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(`
    CREATE TABLE IF NOT EXISTS customers (id TEXT PRIMARY KEY, username TEXT UNIQUE, password TEXT, name TEXT, email TEXT, role TEXT, plan TEXT, riskScore INTEGER, taxNumber TEXT, photo BLOB);
    CREATE TABLE IF NOT EXISTS accounts (id TEXT PRIMARY KEY, customerId TEXT, iban TEXT, currency TEXT, balance INTEGER, overdraftLimit INTEGER, internalNote TEXT);
    CREATE TABLE IF NOT EXISTS payments (id INTEGER PRIMARY KEY AUTOINCREMENT, customerId TEXT, accountId TEXT, toIban TEXT, amount INTEGER, reference TEXT, status TEXT, fee INTEGER, createdAt TEXT);
    CREATE TABLE IF NOT EXISTS cards (id TEXT PRIMARY KEY, customerId TEXT, accountId TEXT, number TEXT, cvc TEXT, expires TEXT);
    CREATE TABLE IF NOT EXISTS documents (id TEXT PRIMARY KEY, customerId TEXT, title TEXT, body TEXT);
    CREATE TABLE IF NOT EXISTS feed (id INTEGER PRIMARY KEY AUTOINCREMENT, customerId TEXT, text TEXT);
    CREATE TABLE IF NOT EXISTS resets (code TEXT, customerId TEXT);
  `);
  const known = database.prepare("SELECT count(*) AS count FROM customers").get() as {
    count: number;
  };
  if (known.count === 0) seed(database);
  return database;
}

function seed(database: DatabaseSync): void {
  const customer = database.prepare(
    "INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
  );
  customer.run(
    "c-1001",
    "ann",
    "correct horse",
    "Ann Dekker",
    "ann@harbour.example",
    "customer",
    "premium",
    12,
    "NL-100100100",
  );
  customer.run(
    "c-1002",
    "ben",
    "battery staple",
    "Ben Olsen",
    "ben@harbour.example",
    "customer",
    "standard",
    71,
    "NL-200200200",
  );
  customer.run(
    "c-9001",
    "sue",
    "support desk 1",
    "Sue Park",
    "sue@harbour.example",
    "support",
    "standard",
    0,
    "NL-900900900",
  );
  const account = database.prepare("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?)");
  account.run(
    "a-1",
    "c-1001",
    "NL02HARB0000000001",
    "EUR",
    125_000,
    50_000,
    "VIP, call before closing",
  );
  account.run("a-2", "c-1001", "NL72HARB0000000002", "EUR", 990_000, 0, "savings");
  account.run("a-3", "c-1002", "NL45HARB0000000003", "EUR", 4200, 10_000, "watch list");
  const card = database.prepare("INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?)");
  card.run("k-1", "c-1001", "a-1", "5500005555555559", "737", "2029-08");
  card.run("k-2", "c-1002", "a-3", "5500001234567899", "112", "2028-02");
  const document = database.prepare("INSERT INTO documents VALUES (?, ?, ?, ?)");
  document.run("d-1", "c-1001", "Statement October", "Opening balance ...");
  document.run("d-2", "c-1002", "Loan agreement", "The borrower ...");
  const payment = database.prepare(
    "INSERT INTO payments (customerId, accountId, toIban, amount, reference, status, fee, createdAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  payment.run(
    "c-1001",
    "a-1",
    "NL45HARB0000000003",
    2500,
    "Dinner",
    "settled",
    0,
    "2026-10-01T18:30:00Z",
  );
  payment.run(
    "c-1002",
    "a-3",
    "NL02HARB0000000001",
    1200,
    "Tickets",
    "pending",
    10,
    "2026-10-03T09:10:00Z",
  );
  const entry = database.prepare("INSERT INTO feed (customerId, text) VALUES (?, ?)");
  for (let index = 1; index <= 25; index += 1) {
    entry.run("c-1001", `Card payment ${index}`);
    entry.run("c-1002", `Direct debit ${index}`);
  }
}
