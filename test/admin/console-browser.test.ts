import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import type { DatabaseStore } from "../../packages/server/src/store/database-store.ts";
import { openStore } from "../../packages/server/src/store/open-store.ts";
import { test } from "../parts/test.ts";
import { ServedConsole } from "./served-console.ts";

let console: ServedConsole;
let store: DatabaseStore;
/** A page of somebody else, on another port of this machine. */
const evil = createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/html" }).end(evilPage(request.url ?? ""));
});
before(async () => {
  store = await openStore("store.db", mkdtempSync(join(tmpdir(), "portcullis-console-browser-")));
  console = await new ServedConsole(store).start();
  await new Promise<void>((resolve) => evil.listen(0, "127.0.0.1", resolve));
});
after(async () => {
  evil.closeAllConnections();
  evil.close();
  await console.close();
  await store.close();
});
const evilOrigin = (): string => `http://localhost:${(evil.address() as AddressInfo).port}`;

const evilPage = (path: string): string =>
  path === "/frame"
    ? `<iframe src="${console.origin}/sign-in"></iframe>`
    : `<form method="post" enctype="text/plain" action="${console.origin}/switches"><button>x</button></form>`;

const pictures = process.env["PORTCULLIS_TEST_PICTURES"];
async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
}

/** A device that holds passkeys and always finds its owner (WebAuthn's virtual authenticator). */
async function withPasskeys(context: BrowserContext, page: Page): Promise<CDPSession> {
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return session;
}

/** What the browser has refused, and what has failed. */
function faultsOf(page: Page): string[] {
  const faults: string[] = [];
  page.on("pageerror", (fault) => faults.push(fault.message));
  page.on("console", (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) faults.push(message.text());
  });
  return faults;
}

test("by the link of the first start somebody makes a passkey, signs out, and signs in with it", {
  needs: ["chromium"],
}, async ({ chromium }) => {
  const context = await chromium.newContext({ viewport: { width: 360, height: 700 } });
  const page = await context.newPage();
  const faults = faultsOf(page);
  await withPasskeys(context, page);
  const { secret } = await console.links.issue("admin", "up");
  await page.goto(`http://127.0.0.1:${console.port}/join#${secret}`);
  await page.waitForSelector("form:visible");
  assert.equal(page.url(), `${console.origin}/join`, "sent to the name, and the secret is gone");
  assert.equal(await page.textContent("#role"), "admin");
  await page.reload();
  await page.waitForSelector("form:visible");
  await picture(page, "console-join");
  await page.fill("input[name=name]", "-");
  await page.click("button");
  await page.waitForSelector("#fault:visible");
  assert.match((await page.textContent("#fault")) ?? "", /at most 63/);
  assert.equal(await page.getAttribute("input[name=name]", "aria-invalid"), "true");
  await picture(page, "console-join-refused");
  await page.fill("input[name=name]", "ada");
  await page.click("button");
  await page.waitForURL(`${console.origin}/`);
  const [cookie] = await context.cookies(console.origin);
  assert.deepEqual(
    [cookie?.name, cookie?.httpOnly, cookie?.sameSite],
    [`portcullis-${console.port}`, true, "Strict"],
  );
  assert.equal(await page.evaluate("document.cookie"), "");
  await page.goto(`${console.origin}/sign-in?next=%2Fincidents%2F7`);
  await page.waitForURL(`${console.origin}/incidents/7`);
  await context.clearCookies();
  for (const [next, arrives] of [
    ["https%3A%2F%2Fevil.example%2F", "/"],
    ["%2F%2Fevil.example", "/"],
    ["javascript%3Aalert(1)", "/"],
    ["%2Flive%3Fat%3D1", "/live?at=1"],
  ]) {
    await context.clearCookies();
    await page.goto(`${console.origin}/sign-in?next=${next}`);
    if (arrives !== "/") await picture(page, "console-sign-in");
    await page.click("button");
    await page.waitForURL(`${console.origin}${arrives}`);
  }
  assert.deepEqual(faults, []);
});

test("a page of another port cannot frame the console, read what it answers, or press anything in it", {
  needs: ["chromium"],
}, async ({ chromium }) => {
  const context = await chromium.newContext();
  const page = await context.newPage();
  await withPasskeys(context, page);
  const { secret } = await console.links.issue("admin", "up");
  await page.goto(`${console.origin}/join#${secret}`);
  await page.fill("input[name=name]", "ben");
  await page.click("button");
  await page.waitForURL(`${console.origin}/`);
  const inside = `fetch("/session").then((answer) => answer.status)`;
  assert.equal(await page.evaluate(inside), 200);
  console.did.splice(0);
  const other = await context.newPage();
  await other.goto(`${evilOrigin()}/frame`);
  const framed = other.frames().filter((one) => one !== other.mainFrame());
  for (const one of framed) await one.waitForLoadState();
  const urls = framed.map((one) => one.url());
  assert.ok(urls.length === 1 && !urls.join(" ").includes(console.origin), urls.join(" "));
  await other.goto(`${evilOrigin()}/form`);
  const tries = ["cors", "no-cors"].flatMap((mode) =>
    ["POST", "GET"].map(
      (method) =>
        `fetch("${console.origin}/${method === "GET" ? "records" : "switches"}",
            { method: "${method}", mode: "${mode}", credentials: "include" })
            .then((answer) => answer.type + answer.status, () => "refused")`,
    ),
  );
  for (const one of tries)
    assert.match(String(await other.evaluate(one)), /^(?:refused|opaque0)$/, one);
  await other.click("button");
  await other.waitForURL(`${console.origin}/switches`);
  assert.deepEqual(console.did, []);
  assert.equal(await page.evaluate(inside), 200, "and whoever is signed in is so still");
});

test("the pages stand in the dark and in the light, at 360 px, without a word cut off", {
  needs: ["chromium"],
}, async ({ chromium }) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await chromium.newContext({
      colorScheme,
      viewport: { width: 360, height: 640 },
    });
    const page = await context.newPage();
    await page.goto(`${console.origin}/sign-in`);
    await page.waitForSelector("button:visible");
    const wide = await page.evaluate("document.documentElement.scrollWidth");
    assert.equal(wide, 360);
    await page.keyboard.press("Tab");
    await picture(page, `console-sign-in-${colorScheme}`);
  }
});
