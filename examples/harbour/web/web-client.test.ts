import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import type { Page } from "playwright-core";
import { freePort } from "../../../test/parts/free-port.ts";
import { test } from "../../../test/parts/test.ts";
import { type Bank, startBank } from "../bank/server.ts";
import { main, startGate, type StartedGate } from "../gate.ts";
import { serveWebClient, type WebFiles } from "./serve.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-web-"));
const policyFile = join(directory, "portcullis.yaml");
let bank: Bank;
let web: WebFiles;
let gate: StartedGate;
let origin: string;

const command = (...words: string[]): void => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      "--conditions=@portcullis/source",
      "--disable-warning=ExperimentalWarning",
      main,
      ...words,
      "--config",
      policyFile,
      "--directory",
      join(directory, "state"),
    ],
    { input: "correct horse battery staple", encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
};

before(async () => {
  bank = await startBank({ file: ":memory:", port: 0, issuerPort: 0 });
  web = await serveWebClient(0);
  const port = await freePort();
  origin = `https://localhost:${port}`;
  const own = readFileSync(join(import.meta.dirname, "portcullis.yaml"), "utf8")
    .replaceAll("https://localhost:8443", origin)
    .replaceAll("http://127.0.0.1:4002", web.url)
    .replaceAll("http://127.0.0.1:4000", bank.url)
    .replace("./openapi.yaml", join(import.meta.dirname, "openapi.yaml"))
    .replace("../openapi.v1.yaml", join(import.meta.dirname, "..", "openapi.v1.yaml"));
  writeFileSync(policyFile, own);
  command(
    "users",
    "add",
    "ann@harbour.example",
    "--id",
    "c-1001",
    "--role",
    "customer",
    "--verified",
    "--password-stdin",
  );
  gate = await startGate(
    ["--config", policyFile, "--port", String(port), "--admin-port", "0", "--threads", "1"],
    join(directory, "state"),
  );
});
after(() => {
  gate.process.kill("SIGKILL");
  web.close();
  bank.close();
});

const signIn = async (page: Page): Promise<void> => {
  await page.goto(`${origin}/app`);
  await page.click("button:has-text('Sign in')");
  await page.fill("input[name=email]", "ann@harbour.example");
  await page.fill("input[name=password]", "correct horse battery staple");
  await page.click("button:has-text('Sign in')");
  await page
    .waitForSelector("text=€")
    .catch(async () => assert.fail(`${page.url()}: ${await page.textContent("body")}`));
};

test("the bank's web client signs in, survives a reload, shares its session between tabs, and signs out", {
  needs: ["chromium"],
  timeout: 60_000,
}, async ({ chromium }) => {
  const context = await chromium.newContext({ viewport: { width: 390, height: 700 } });
  context.setDefaultTimeout(8000);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (fault) => faults.push(fault.message));
  await signIn(page);
  if (process.env["PORTCULLIS_TEST_PICTURES"] !== undefined)
    await page.screenshot({ path: `${process.env["PORTCULLIS_TEST_PICTURES"]}/harbour-web.png` });
  assert.equal(page.url(), `${origin}/app`, "nothing of the answer stays in the address");
  await page.reload();
  await page.waitForSelector("text=€");

  const tokens: string[] = [];
  context.on("request", (request) => {
    if (request.url().endsWith("/oauth/token")) tokens.push(request.postData() ?? "");
  });
  const others = await Promise.all([1, 2, 3].map(() => context.newPage()));
  command("users", "roles", "c-1001", "--role", "customer");
  await new Promise((resolve) => setTimeout(resolve, 500));
  await Promise.all(
    others.map((one) => one.goto(`${origin}/app`).then(() => one.waitForSelector("text=€"))),
  );
  assert.equal(tokens.length, 1, "four tabs refresh once");

  const readable = await page.evaluate(
    "JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie])",
  );
  assert.equal(readable, '[[],[],""]');
  const exported = await page.evaluate(`new Promise((resolve) => {
    const opening = indexedDB.open("portcullis", 1);
    opening.onsuccess = () => {
      const reading = opening.result.transaction("keys").objectStore("keys").getAll();
      reading.onsuccess = () => crypto.subtle.exportKey("jwk", reading.result[0].privateKey).then(() => resolve("taken"), (fault) => resolve(fault.name));
    };
  })`);
  assert.equal(exported, "InvalidAccessError", "no script can take the key away");

  await page.click("button:has-text('Sign out')");
  await page.waitForSelector("button:has-text('Sign in')");
  await others[0]?.reload();
  await others[0]?.waitForSelector("button:has-text('Sign in')");
  assert.deepEqual(faults, []);
  await context.close();
});
