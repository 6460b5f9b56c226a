import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { TestBrowser } from "../parts/chromium.ts";
import { test } from "../parts/test.ts";
import { type ConsoleGate, type ConsoleRole, faultsOf, startConsoleGate } from "./console-gate.ts";
import { holdToAxe, picture, settled } from "./walk.ts";

const needs = ["chromium"] as const;
let gate: ConsoleGate;

before(async () => {
  gate = await startConsoleGate(40);
});
after(() => gate.close());

async function open(chromium: TestBrowser, path: string, role: ConsoleRole = "operator") {
  const context = await chromium.newContext({ viewport: { width: 1440, height: 900 } });
  await gate.signIn(context, role);
  const page = await context.newPage();
  const faults = faultsOf(page);
  await page.goto(`${gate.url}${path}`);
  await settled(page);
  return { page, faults };
}

test("the posture names every control with its place, trigger, owner and last exercise, and prints on two pages", {
  needs,
}, async ({ chromium }) => {
  const { faults, page } = await open(chromium, "/posture", "viewer");
  const { items, next } = await gate.ask<{
    items: { control: string; metric: string; refused: number }[];
    next: { what: string }[];
  }>("GET", "/posture");
  const rows = page.locator(".posture-table tbody tr");
  await rows.first().waitFor();
  const named = await page.locator(".posture-table tbody th").allInnerTexts();
  assert.deepEqual(
    named.map((text) => text.split("\n")[0]),
    items.map(({ control }) => control),
  );
  assert.equal(await page.locator(".next-steps > li").count(), next.length);
  const ownership = items.find(({ control }) => control === "ownership");
  assert.ok((ownership?.refused ?? 0) > 0);
  const row = rows.filter({ hasText: /^ownership/ });
  assert.equal(await row.locator("td").nth(1).innerText(), String(ownership?.refused));
  assert.equal(
    await row.getByRole("button", { name: /^Copy the query/ }).getAttribute("title"),
    ownership?.metric,
  );
  await picture(page, "console-posture", "light", 1440);
  await picture(page, "console-posture-narrow", "dark", 360);
  await holdToAxe(page, "posture", [
    ["light", 1440],
    ["dark", 360],
  ]);
  const printed = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const pages = printed.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(pages >= 1 && pages <= 2, `${pages} pages`);
  assert.deepEqual(faults, []);
});

test("apps say which builds live and who would be left behind, and a release is told, withdrawn and undone", {
  needs,
}, async ({ chromium }) => {
  const { faults, page } = await open(chromium, "/apps");
  const section = page.locator("section.app").filter({ hasText: "harbour-android" });
  const requests = async (version: string): Promise<number> => {
    const from = new Date(Math.floor(Date.now() / 86_400_000 - 6) * 86_400_000).toISOString();
    const query = `from=${from}&step=all&by=appVersion&app=harbour-android`;
    const { items } = await gate.ask<{ items: { appVersion: string; requests: number }[] }>(
      "GET",
      `/series?${query}`,
    );
    return items.find(({ appVersion }) => appVersion === version)?.requests ?? 0;
  };
  const [older, newer] = [await requests("3.1.2"), await requests("3.4.0")];
  assert.ok(older > 0 && newer > older);
  const cells = section.locator("tr", { hasText: "3.1.2" }).first().locator("td.number");
  assert.equal((await cells.first().innerText()).replaceAll(/\D/g, ""), String(older));
  const share = Math.round((older / (older + newer)) * 100);
  await section
    .getByRole("status")
    .getByText(new RegExp(`^${share}\\s% of its requests .* come from older builds`))
    .waitFor();
  await section.getByRole("combobox").selectOption("3.1.2");
  await section.getByText(/none of its requests/).waitFor();

  await section.getByRole("textbox").fill("3.6.0");
  await section.getByRole("button", { name: "Say that it was released now" }).click();
  const confirm = page.locator("dialog button[type=submit]");
  await confirm.click();
  const withdraw = section.getByRole("button", { name: /^Withdraw the release 3\.6\.0/ });
  await withdraw.click();
  await confirm.click();
  await withdraw.waitFor({ state: "detached" });
  await page.locator(".done-bar").getByRole("button", { name: "Undo" }).click();
  await withdraw.waitFor();
  const { items } = await gate.ask<{ items: { version: string }[] }>("GET", "/releases");
  assert.equal(items.filter(({ version }) => version === "3.6.0").length, 1);
  await page.evaluate("scrollTo(0, 0)");
  await picture(page, "console-apps", "light", 1440);
  await picture(page, "console-apps-narrow", "dark", 360);
  await holdToAxe(page, "apps", [
    ["light", 1440],
    ["dark", 360],
  ]);
  assert.deepEqual(faults, []);
});

test("a page stands in the rail only where there is a screen for it, and each of them opens", {
  needs,
}, async ({ chromium }) => {
  const { faults, page } = await open(chromium, "/posture");
  const rail = page.getByRole("navigation", { name: "Pages" });
  const links = await rail.locator("ul.pages > li > a").all();
  const paths = await Promise.all(
    links.map(async (link) => (await link.getAttribute("href")) ?? ""),
  );
  assert.ok(paths.includes("/posture") && paths.length >= 6, paths.join());
  for (const path of paths) {
    await rail.locator(`ul.pages > li > a[href="${path}"]`).click();
    await page.locator("main h1").first().waitFor();
    assert.equal(await page.getByText("There is no such page.").count(), 0, path);
  }
  assert.deepEqual(faults, []);
});
