import assert from "node:assert/strict";
import { test } from "node:test";
import { type LimitGate, startLimitGate } from "./limit-gate.ts";

const json = { "content-type": "application/json" };
const policy = (more = ""): string =>
  `pressure: { steps: [2, 4, 8], quiet: 10m, least: 30/min }
operations:
  - { match: login, role: sign-in${more} }
`;

async function askMany(gate: LimitGate, path: string, times: number): Promise<string[]> {
  const codes: string[] = [];
  for (let count = 0; count < times; count += 1) {
    const body = path === "/login" ? { body: { username: `n${count}` } } : {};
    codes.push((await gate.ask(path, body)).code ?? "passed");
  }
  return codes;
}
const count = (codes: readonly string[], wanted: string): number =>
  codes.filter((code) => code === wanted).length;

test("500 reads that succeed pass, and 500 sign-ins that fail do not", async () => {
  const gate = await startLimitGate(policy(), (asked, response) =>
    response.writeHead(asked.url === "/login" ? 401 : 200, json).end("{}"),
  );
  try {
    assert.equal(count(await askMany(gate, "/quick", 500), "passed"), 500);
    const guesses = await askMany(gate, "/login", 500);
    const refused = count(guesses, "usage-abnormal");
    assert.ok(refused > 350, `${refused} refused`);
    assert.equal(count(guesses.slice(0, 20), "passed"), 20);
    // What is pressed is this class of operations, and nothing else of the caller's.
    assert.equal((await gate.ask("/quick")).status, 200);
    const { headers } = await gate.ask("/login", { body: {} });
    assert.ok(Number(headers["retry-after"]) >= 1);
    const told = gate.records.flatMap(({ decisions }) =>
      decisions.map(({ detail = "" }) => detail),
    );
    for (const times of [2, 4, 8])
      assert.ok(
        told.some((detail) =>
          new RegExp(
            `^pressure has changed: sign-in costs ${times} times .* because of (failures|refusals): .* in \\d+ s$`,
          ).test(detail),
        ),
        `${times}`,
      );
  } finally {
    await gate.close();
  }
});

test("where it is only observed, it is recorded and nobody is refused", async () => {
  const observed = policy(", mode: { pressure: observe }");
  const gate = await startLimitGate(observed, (_, response) =>
    response.writeHead(401, json).end("{}"),
  );
  try {
    assert.equal(count(await askMany(gate, "/login", 120), "passed"), 120);
    const modes = gate.records.flatMap(({ decisions }) =>
      decisions.flatMap(({ code, mode }) => (code === "usage-abnormal" ? [mode] : [])),
    );
    assert.ok(modes.length > 20 && modes.every((mode) => mode === "observe"), `${modes.length}`);
  } finally {
    await gate.close();
  }
});

test("without the key nothing is counted", async () => {
  const gate = await startLimitGate("operations: [{ match: login }]\n", (_, response) =>
    response.writeHead(401, json).end("{}"),
  );
  try {
    assert.equal(count(await askMany(gate, "/login", 100), "passed"), 100);
  } finally {
    await gate.close();
  }
});
