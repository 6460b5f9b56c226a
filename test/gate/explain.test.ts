import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..", "..");
const harbour = join(root, "examples", "harbour");
const policy = join(harbour, "portcullis.yaml");
const main = join(root, "packages", "server", "src", "cli", "main.ts");
const claims = ["--claims", '{"sub":"c-1","scope":"accounts:read payments:write"}'];

interface Explained {
  readonly operation: string;
  readonly refused: string | null;
  readonly onAnswer: readonly string[];
  readonly steps: readonly {
    readonly step: string;
    readonly outcome: string;
    readonly asks?: string;
    readonly at?: readonly string[];
  }[];
}

/** Not waited for in place: the issuer that it asks may be this very process. */
function explain(...words: readonly string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(
    process.execPath,
    [
      "--conditions=@portcullis/source",
      "--disable-warning=ExperimentalWarning",
      main,
      "explain",
      ...words,
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (out += part));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out })));
}

async function explained(...words: readonly string[]): Promise<Explained> {
  const { out } = await explain(...words, "--config", policy, "--json");
  return JSON.parse(out) as Explained;
}

test("explain says which step would refuse, and why, in words and as JSON", async () => {
  const words = await explain("GET /v1/accounts/a-1?x=1", "--config", policy);
  assert.equal(words.code, 1);
  assert.match(words.out, /authenticate\s+refuses: credential-missing/);
  const { operation, refused, steps } = await explained("GET /v1/accounts/a-1?x=1", ...claims);
  assert.equal(operation, "getAccount");
  assert.equal(refused, "request-invalid");
  assert.deepEqual(steps.find((step) => step.step === "validate parameters")?.at, [
    "query x: is not declared",
  ]);
  assert.equal(steps.find((step) => step.step === "authenticate")?.outcome, "passes");
});

test("explain tells what only the backend's answer decides, and whom else the gate would ask", async () => {
  const read = await explained("GET /v1/accounts/a-1", ...claims);
  assert.equal(read.refused, null);
  assert.deepEqual(read.onAnswer, ["/customerId must be token.sub, except support"]);
  const body = '{"accountId":"a-1","toIban":"NL45HARB0000000003","amount":1}';
  const paid = await explained("POST /v1/payments", ...claims, "--body", body);
  assert.equal(paid.refused, null);
  assert.deepEqual(
    paid.steps.flatMap(({ asks }) => asks ?? []),
    ["GET /v1/accounts/a-1 of the backend"],
  );
});

test("explain judges a token as the gate would: its algorithm, and its signature by the issuer's keys", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = createServer((_request, response) =>
    response.end(JSON.stringify({ keys: [publicKey.export({ format: "jwk" })] })),
  );
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  const file = join(mkdtempSync(join(tmpdir(), "portcullis-explain-")), "portcullis.yaml");
  writeFileSync(
    file,
    readFileSync(policy, "utf8")
      .replaceAll("./openapi", `${harbour}/openapi`)
      .replace("http://127.0.0.1:4001", `${address}\n  jwksUri: ${address}/jwks`),
  );
  const token = (alg: string, seal: (signed: string) => Buffer): string => {
    const part = (value: unknown): string =>
      Buffer.from(JSON.stringify(value)).toString("base64url");
    const said = {
      iss: address,
      aud: "https://api.harbour.example",
      sub: "c-1",
      scope: "accounts:read",
      exp: 4_000_000_000,
    };
    const signed = `${part({ alg, typ: "at+jwt" })}.${part(said)}`;
    return `${signed}.${seal(signed).toString("base64url")}`;
  };
  const byKey = (signed: string): Buffer =>
    sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  const refusal = async (given: string): Promise<string | null> => {
    const words = ["GET /v1/accounts/a-1", "--config", file, "--json", "--token", given];
    const { out } = await explain(...words);
    return (JSON.parse(out) as Explained).refused;
  };
  assert.equal(await refusal(token("ES256", byKey)), null);
  assert.equal(await refusal(token("ES256", () => Buffer.alloc(64))), "token-signature-invalid");
  const secret = (signed: string): Buffer => createHmac("sha256", "x").update(signed).digest();
  assert.equal(await refusal(token("HS256", secret)), "token-algorithm-refused");
  issuer.close();
});
