import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Bank, startBank } from "../../examples/harbour/bank/server.ts";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";
import { untilReady } from "../../examples/harbour/gated-bank.ts";
import { sender } from "../../examples/harbour/send.ts";

const root = join(import.meta.dirname, "..", "..");
const harbour = join(root, "examples", "harbour");
const directory = mkdtempSync(join(tmpdir(), "portcullis-commands-"));
const main = join(root, "packages", "server", "src", "cli", "main.ts");

interface Said {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

function portcullis(...argv: readonly string[]): Said {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ["--conditions=@portcullis/source", "--disable-warning=ExperimentalWarning", main, ...argv],
    { cwd: directory, encoding: "utf8" },
  );
  return { code: status ?? -1, out: stdout, error: stderr };
}

let bank: Bank;
let gate: StartedGate | undefined;
before(async () => {
  bank = await startBank({ file: ":memory:", port: 0, issuerPort: 0 });
});
after(() => {
  gate?.process.kill("SIGKILL");
  bank.close();
});

test("init writes a policy that check understands, and never over one that is there", () => {
  const first = portcullis(
    "init",
    "--openapi",
    join(harbour, "openapi.v1.yaml"),
    "--upstream",
    bank.url,
  );
  assert.equal(first.code, 0, first.error);
  assert.match(first.out, /Wrote portcullis.yaml with 15 proposals/);
  const checked = portcullis("check", "--json");
  // Everything is observed: it is not finished, and nothing is wrong.
  assert.equal(checked.code, 0);
  const { faults, findings, operations } = JSON.parse(checked.out) as {
    faults: unknown[];
    findings: string[];
    operations: { operation: string; limits: string }[];
  };
  assert.deepEqual(faults, []);
  assert.equal(operations.length, 17);
  assert.ok(findings.some((finding) => finding.includes("no issuer is named")));
  assert.match(
    operations.find((one) => one.operation === "login")?.limits ?? "",
    /5\/min per address\+body.username/,
  );
  const again = portcullis(
    "init",
    "--openapi",
    join(harbour, "openapi.v1.yaml"),
    "--upstream",
    bank.url,
  );
  assert.equal(again.code, 2);
  assert.match(again.error, /already there, and is not written over/);
});

test("a mistake at the command line is answered with what to type", () => {
  for (const [argv, words] of [
    [["chek"], /did you mean 'check'/],
    [["up", "--prot", "1"], /did you mean '--port'/],
    [["up", "--port", "99999"], /expected a number from 0 to 65535/],
    [
      ["up", "--config", "absent.yaml"],
      /absent.yaml does not exist.\nTo write one: portcullis init/,
    ],
    [["up", "--openapi", "a.yaml"], /no backend was named/],
    [["explain", "accounts"], /say which request, in quotes/],
  ] as const) {
    const said = portcullis(...argv);
    assert.equal(said.code, 2, argv.join(" "));
    assert.match(said.error, words);
  }
});

test("the schema for editors is JSON Schema", () => {
  const schema = JSON.parse(portcullis("schema").out) as {
    type: string;
    additionalProperties: boolean;
    properties: Record<string, unknown>;
  };
  assert.equal(schema.type, "object");
  assert.equal(schema.additionalProperties, false);
  assert.ok("operations" in schema.properties);
});

test("check proposes owners from what a running gate has seen", async () => {
  const file = join(directory, "observed.yaml");
  writeFileSync(
    file,
    `portcullis: 1\nmode: observe\napis: [{ openapi: ${harbour}/openapi.v1.yaml, upstream: "${bank.url}" }]\nidentity: { issuer: "${bank.issuer.url}", audience: "https://api.harbour.example" }\n`,
  );
  gate = await startGate(
    ["--config", file, "--port", "0", "--admin-port", "0", "--threads", "1"],
    join(directory, "state"),
  );
  const send = sender(`https://localhost:${gate.port}`, { ca: gate.ca });
  await untilReady(gate);
  const { body } = await send("POST", "/v1/sessions", {
    json: { username: "ann", password: "correct horse" },
  });
  const token = (body as { accessToken: string }).accessToken;
  for (let count = 0; count < 25; count += 1) {
    await send("GET", "/v1/accounts/a-1", { token });
    await send("GET", "/v1/customers/c-1001/export", { token });
    await send("GET", `/v1/documents/d-${1 + (count % 2)}`, { token });
  }
  const ask = (): {
    suggestions: { operation: string; rule: string; equal: number; other: number }[];
  } =>
    JSON.parse(
      portcullis(
        "check",
        "--config",
        file,
        "--suggest",
        "--admin",
        `http://127.0.0.1:${gate?.adminPort}`,
        "--directory",
        join(directory, "state"),
        "--json",
      ).out,
    ) as ReturnType<typeof ask>;
  let found = ask();
  for (let tries = 0; tries < 10 && found.suggestions.length < 2; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    found = ask();
  }
  assert.deepEqual(
    found.suggestions
      .map(({ operation, other, rule }) => [operation, rule, other])
      .sort((a, b) => String(a[0]).localeCompare(String(b[0]))),
    [
      ["exportProfile", "owner: { param: customerId, is: token.sub }", 0],
      ["getAccount", "owner: { response: /customerId, is: token.sub }", 0],
    ],
  );
  assert.ok(!readFileSync(join(directory, "state", "admin-token"), "utf8").includes("c-1001"));
});

test("why says in words what became of a request, from the records of a running gate", async () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  assert.ok(gate !== undefined);
  const send = sender(`https://localhost:${gate.port}`, { ca: gate.ca });
  await send("GET", "/v1/accounts/a-1", {
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  });
  const ask = (): Said =>
    portcullis(
      "why",
      traceId,
      "--admin",
      `http://127.0.0.1:${gate?.adminPort}`,
      "--directory",
      join(directory, "state"),
    );
  let told = ask();
  for (let tries = 0; tries < 20 && told.code === 1; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    told = ask();
  }
  assert.equal(told.code, 0, told.error);
  assert.match(told.out, /GET \/v1\/accounts\/\{accountId\}, operation getAccount/);
  assert.match(told.out, /credential-missing: Send an access token/);
});
