import assert from "node:assert/strict";
import { after, before } from "node:test";
import { hostileTexts } from "../../packages/console/src/text/hostile-texts.ts";
import type { TestBrowser } from "../parts/chromium.ts";
import { test } from "../parts/test.ts";
import { type ConsoleGate, type ConsoleRole, faultsOf, startConsoleGate } from "./console-gate.ts";
import { comeIn } from "./come-in.ts";
import { holdToAxe, picture, picturesTo, settled } from "./walk.ts";

const needs = ["chromium"] as const;
let gate: ConsoleGate;
let token: string;
let incident: string;

before(async () => {
  gate = await startConsoleGate(
    picturesTo === undefined ? 50 : 600,
    hostileTexts.map(({ text }) => text.toWellFormed()),
  );
  token = await gate.bank.login("ben", "battery staple");
  const at = new Date(Date.now() - 14 * 3_600_000).toISOString();
  await gate.ask("POST", "/releases", { app: "harbour-ios", version: "3.5.0", at });
  for (let index = 0; index < 120; index += 1) await attack(index);
  for (let tries = 0; incident === undefined && tries < 100; tries += 1) {
    const { items } = await gate.ask<{ items: { id: string }[] }>("GET", "/incidents");
    incident = items[0]?.id as string;
    if (incident === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
after(() => gate.close());

const attack = async (index: number): Promise<number> =>
  (
    await gate.bank.through("3.1.2")("POST", "/v1/sessions", {
      json: { username: `victim${index}`, password: "stolen" },
    })
  ).status;
const askAccounts = (version = "3.4.1") =>
  gate.bank.through(version)("GET", "/v1/accounts", { token });

async function open(chromium: TestBrowser, path: string, role: ConsoleRole = "admin") {
  const context = await chromium.newContext({ viewport: { width: 1440, height: 900 } });
  await gate.signIn(context, role);
  const page = await context.newPage();
  const faults = faultsOf(page);
  await page.goto(`${gate.url}${path}`);
  await settled(page);
  return { context, page, faults };
}

test("in the morning the first screen says what a release has broken, without a press", {
  needs,
}, async ({ chromium }) => {
  const { faults, page } = await open(chromium, "/");
  const row = page.locator("tr", { hasText: "object-not-yours" });
  await row.waitFor({ timeout: 60_000 });
  assert.match(await row.innerText(), /getAccount[\s\S]*harbour-ios 3\.5\.0[\s\S]*release 3\.5\.0/);
  assert.match(await page.locator("h1").innerText(), /requests since yesterday, .* refused/);
  await page.locator(".chart .bars.refused").first().waitFor({ state: "attached" });
  await page.locator(".legend", { hasText: "same hours last week" }).waitFor();
  await picture(page, "console-overview", "light");
  await picture(page, "console-overview-narrow", "dark", 390);
  await holdToAxe(page, "overview");
  assert.deepEqual(faults, []);
});

test("an attack is contained in two presses from the incident's link, and undone in one", {
  needs,
}, async ({ chromium }) => {
  const { faults, page } = await open(chromium, `/incidents/${incident}`);
  await picture(page, "console-incident", "light");
  await holdToAxe(page, "incident");
  await page.getByRole("button", { name: "Close login for 30 minutes" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/Every request to login is refused/).waitFor();
  await holdToAxe(page, "act");
  await dialog.getByRole("button", { name: "Close login for 30 minutes" }).click();
  await page.getByRole("status").getByRole("button", { name: "Undo" }).waitFor();
  while ((await attack(500)) !== 503) await new Promise((resolve) => setTimeout(resolve, 50));
  const audit = await gate.ask<{ action: string; details: { reason?: string } }[]>("GET", "/audit");
  const thrown = audit.find(({ action }) => action === "switch-thrown");
  assert.match(thrown?.details.reason ?? "", /^Contain: /);
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await page.getByText(/Taken back/).waitFor();
  while ((await attack(501)) === 503) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(faults, []);
});

test("the same is done by keys alone, and one who has turned them off is not surprised by them", {
  needs,
}, async ({ chromium }) => {
  const { page } = await open(chromium, "/");
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await page.waitForURL("**/incidents");
  await settled(page);
  await page.keyboard.press("o");
  await page.waitForURL("**/incidents/*");
  await settled(page);
  await page.keyboard.press("a");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("taken", { exact: true }).waitFor();
  await page.keyboard.press("u");
  await page.getByText("open", { exact: true }).waitFor();
  await page.keyboard.press("?");
  await holdToAxe(page, "keys");
  await page.getByRole("checkbox").uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  assert.match(page.url(), /\/incidents\//);
});

test("a viewer sees what an operator would press, and is told who may", { needs }, async ({
  chromium,
}) => {
  const { page } = await open(chromium, `/incidents/${incident}`, "viewer");
  await page.getByRole("button", { name: /Close login for 30 minutes/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/Whoever has the role operator may/).waitFor();
  const press = dialog.getByRole("button", { name: "Close login for 30 minutes" });
  assert.equal(await press.isDisabled(), true);
});

test("what callers write is text on every page that shows it, and nothing in it is hidden or run", {
  needs,
}, async ({ chromium }) => {
  const { faults, page } = await open(chromium, "/live?filter=code:object-not-yours");
  const rows = page.locator(".windowed-row", { hasText: "object-not-yours" });
  await rows.first().waitFor();
  for (const { text } of hostileTexts) {
    const name = encodeURIComponent(text.slice(0, 100).toWellFormed());
    await page.evaluate(
      `history.pushState(null, "", "/live?filter=${name}&record=${name}&${name}=1"); dispatchEvent(new Event("popstate"))`,
    );
  }
  for (let index = 0; index < hostileTexts.length; index += 1) {
    const trace = (index + 1).toString(16).padStart(32, "f");
    await page.evaluate(
      `history.pushState(null, "", "/live?filter=code:object-not-yours&record=${trace}"); dispatchEvent(new Event("popstate"))`,
    );
    await page.locator(`section.record[aria-label="${trace}"] .rung.observed`).waitFor();
    const seen = await page.locator("section.record").innerText();
    assert.doesNotMatch(
      seen,
      /[\u0000-\u0008\u001b\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u,
    );
    assert.ok(seen.length < 8000, `${seen.length} letters`);
  }
  assert.equal(await page.evaluate("window.hostile"), undefined);
  assert.equal(await page.locator("main img, main script, main iframe").count(), 0);
  assert.deepEqual(faults, []);
});

test("records come as they are made; two tabs share one stream, and a record opens beside the list", {
  needs,
}, async ({ chromium }) => {
  const context = await chromium.newContext();
  await gate.signIn(context, "admin");
  const streams: string[] = [];
  context.on("request", (request) => {
    if (request.url().includes("/records/live")) streams.push(request.url());
  });
  const [one, other] = [await context.newPage(), await context.newPage()];
  for (const page of [one, other]) {
    await page.goto(`${gate.url}/live?filter=op:listAccounts`);
    await settled(page);
  }
  const first = one.locator(".windowed-row", { hasText: "9.9.1" });
  // Until the gate tells the stream of what comes.
  for (let tries = 0; tries < 100 && (await first.count()) === 0; tries += 1) {
    await askAccounts("9.9.1");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await other.locator(".windowed-row", { hasText: "9.9.1" }).waitFor();
  assert.equal(streams.length, 1);
  await other.locator(".windowed-row", { hasText: "9.9.1" }).first().click();
  await other.getByRole("heading", { name: "Steps" }).waitFor();
  await picture(other, "console-live", "dark");
  await holdToAxe(other, "live");
});

test("a caller is found by a pseudonym, revealed by passkey and reason, revoked, and believed again", {
  needs,
}, async ({ chromium }) => {
  type Found = { items: { subject?: string }[] };
  let pseudonym: string | undefined;
  for (let tries = 0; tries < 200 && pseudonym === undefined; tries += 1) {
    assert.equal((await askAccounts()).status, 200);
    const { items } = await gate.ask<Found>("GET", "/records?operation=listAccounts&most=20");
    pseudonym = items.find(({ subject }) => subject?.length === 22)?.subject;
  }
  const { page } = await comeIn(gate, chromium, "gia");
  const faults = faultsOf(page);
  let asked = 0;
  // As after five minutes: the gate's own clock is not the test's to move.
  await page.route("**/pseudonyms/**", (route) => {
    asked += 1;
    if (asked > 1) return route.fallback();
    return route.fulfill({ status: 403, json: { title: "Show it", code: "passkey-needed" } });
  });
  await page.goto(`${gate.url}/callers`);
  await page.getByLabel("Who").fill(pseudonym ?? "");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  const used = page.getByRole("row", { name: /listAccounts/ });
  assert.match(await used.innerText(), /listAccounts\s+\d+\s+\d+\s+0\s+0/);
  await page.getByText("First seen", { exact: true }).waitFor();
  await picture(page, "console-callers", "light");
  await holdToAxe(page, "callers");
  await page.getByRole("button", { name: "Reveal who this is" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("a claim of theft");
  const confirmed = page.waitForResponse("**/session/confirmation");
  await dialog.getByRole("button", { name: "Reveal who this is" }).click();
  assert.equal((await confirmed).status(), 200);
  const name = await page.locator(".notice.warn .said").innerText();
  assert.equal(asked, 2);
  await page.getByText("The built-in issuer knows nobody by this.").waitFor();
  await page.getByRole("button", { name: "Revoke everything before now" }).click();
  await dialog.getByText(/Counted for them in this time: \d+ requests/).waitFor();
  await dialog.getByRole("button", { name: "Revoke everything before now" }).click();
  await page.getByRole("status").getByRole("button", { name: "Undo" }).waitFor();
  while ((await askAccounts()).status === 200) await new Promise((go) => setTimeout(go, 50));
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  while ((await askAccounts()).status !== 200) await new Promise((go) => setTimeout(go, 50));
  const acts = await gate.ask<{ actor: string; about: string; details: object }[]>("GET", "/audit");
  const revealed = acts.find(({ about }) => about.includes("revealPseudonym"));
  assert.deepEqual(
    [revealed?.actor, JSON.stringify(revealed?.details).includes("a claim of theft")],
    ["console:gia", true],
  );
  await page.goto(`${gate.url}/callers/${name}`);
  await page.getByRole("row", { name: /listAccounts/ }).waitFor();
  await page.getByRole("button", { name: "Revoke everything before now" }).waitFor();
  assert.deepEqual(
    faults.filter((one) => !one.includes("403") && !one.includes("404")),
    [],
  );
});
