import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before } from "node:test";
import { decodeJwt } from "jose";
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import { test } from "../parts/test.ts";
import { App } from "./app.ts";
import { type IdentityGate, password, startIdentityGate } from "./identity-gate.ts";

let gate: IdentityGate;
const pictures = process.env["PORTCULLIS_TEST_PICTURES"];

before(async () => {
  gate = await startIdentityGate();
  await new Promise<void>((resolve) => loopback.listen(0, "127.0.0.1", resolve));
  gate.addUser("ann@notes.example", "--role", "member");
});
after(() => {
  loopback.close();
  gate.close();
});

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
}

/** The app on this machine waits for the browser at a port of its own (RFC 8252 section 7.3). */
class LoopbackApp extends App {
  constructor(to: IdentityGate) {
    super(to);
    this.redirectUri = `http://127.0.0.1:${(loopback.address() as AddressInfo).port}/signed-in`;
  }
}

let arrived: (url: URL) => void = () => undefined;
const loopback = createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/html" }).end("back in the app");
  if (request.url?.startsWith("/signed-in") === true)
    arrived(new URL(request.url, "http://127.0.0.1"));
});
const waitForRedirect = (): Promise<URL> => new Promise((resolve) => (arrived = resolve));

async function open(
  context: BrowserContext,
  extra: Readonly<Record<string, string>> = {},
): Promise<{ app: App; page: Page; verifier: string; back: Promise<URL>; faults: string[] }> {
  const app = await new LoopbackApp(gate).begin();
  const { url, verifier } = await app.authorizationUrl(extra);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    if (
      message.type() === "error" &&
      !/ERR_NAME_NOT_RESOLVED|ERR_|status of 4/.test(message.text())
    )
      faults.push(message.text());
  });
  page.on("pageerror", (fault) => faults.push(fault.message));
  const back = waitForRedirect();
  await page.goto(url);
  return { app, page, verifier, back, faults };
}

test("the pages work without a script", { needs: ["chromium"] }, async ({ chromium }) => {
  const context = await chromium.newContext({
    javaScriptEnabled: false,
    viewport: { width: 390, height: 760 },
  });
  const { app, back, page, verifier } = await open(context);
  assert.equal(await page.locator("form[data-passkey]").isVisible(), false);
  await picture(page, "sign-in");
  await page.fill("input[name=email]", "ann@notes.example");
  await page.fill("input[name=password]", "wrong and wrong again");
  await page.click("button:has-text('Sign in')");
  assert.match((await page.textContent("[role=alert]")) ?? "", /did not match/);
  assert.equal(await page.inputValue("input[name=email]"), "ann@notes.example");
  await picture(page, "sign-in-wrong");
  await page.fill("input[name=password]", password);
  await page.click("button:has-text('Sign in')");
  const tokens = await app.redeem({ parameters: app.validate(await back), verifier });
  assert.equal((await app.call("/notes", tokens)).status, 200);
  await context.close();
});

test("a passkey is made on the account page and signs in with two proofs in one, under a strict policy", {
  needs: ["chromium"],
}, async ({ chromium }) => {
  const context = await chromium.newContext({ viewport: { width: 390, height: 760 } });
  const first = await open(context);
  await authenticator(context, first.page);
  await first.page.fill("input[name=email]", "ann@notes.example");
  await first.page.fill("input[name=password]", password);
  await first.page.click("button:has-text('Sign in')");
  await first.back;
  await first.page.waitForLoadState();
  await first.page.goto(`${gate.origin}/account`);
  await picture(first.page, "account");
  await first.page.click("button:has-text('Add a passkey')");
  await first.page.waitForSelector("[role=status]");
  assert.match((await first.page.textContent("main")) ?? "", /Passkey/);
  assert.deepEqual(first.faults, []);

  await context.clearCookies();
  const { app, back, faults, verifier, page } = await (async () => {
    const made = await new LoopbackApp(gate).begin();
    const { url, verifier: own } = await made.authorizationUrl({ acr_values: "mfa" });
    const redirected = waitForRedirect();
    await first.page.goto(url);
    return { app: made, back: redirected, faults: first.faults, verifier: own, page: first.page };
  })();
  await picture(page, "passkey");
  await page.click("button:has-text('Use a passkey')");
  const tokens = await app.redeem({ parameters: app.validate(await back), verifier });
  assert.deepEqual(
    [decodeJwt(tokens.access_token)["acr"], decodeJwt(tokens.access_token)["amr"]],
    ["mfa", ["hwk", "user", "mfa"]],
  );
  assert.equal((await app.call("/vault", tokens)).status, 200);
  assert.deepEqual(faults, []);
  await context.close();
});

/** A device that holds passkeys and always finds its owner (WebAuthn's virtual authenticator). */
async function authenticator(context: BrowserContext, page: Page): Promise<CDPSession> {
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

test("every field has a name that is read aloud, and the keyboard reaches everything", {
  needs: ["chromium"],
}, async ({ chromium }) => {
  const context = await chromium.newContext();
  const { page } = await open(context);
  for (const input of await page.locator("input:visible").all()) {
    const id = await input.evaluate(
      (element: { labels?: ArrayLike<{ textContent: string }> }) =>
        element.labels?.[0]?.textContent ?? "",
    );
    assert.notEqual(id.trim(), "");
  }
  const reached = new Set<string>();
  for (let count = 0; count < 12; count += 1) {
    await page.keyboard.press("Tab");
    reached.add(
      await page.evaluate(
        "document.activeElement?.name || document.activeElement?.textContent || ''",
      ),
    );
  }
  for (const name of ["password", "Sign in", "Create an account"])
    assert.ok(
      [...reached].some((one) => one.includes(name)),
      name,
    );
  assert.equal(await page.getAttribute("html", "lang"), "en");
  await context.close();
});
