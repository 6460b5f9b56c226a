import assert from "node:assert/strict";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { BrowserContext, Page } from "playwright-core";
import axe from "axe-core";
import { test } from "../parts/test.ts";
import { type FiveBuilds, requestsOfARound, startFiveBuilds } from "./five-builds.ts";
import { type ConsoleRole, faultsOf } from "./console-gate.ts";

let gate: FiveBuilds | undefined;
let rounds = 0;
const started = async (): Promise<FiveBuilds> => (gate ??= await startFiveBuilds());
after(() => gate?.close());

interface Step {
  readonly app?: string;
  readonly percent?: number;
  readonly builds: readonly { readonly version?: string; readonly requests: number }[];
}

/** What the steps would refuse of one round: every round is the same. */
async function forecast({ ask }: FiveBuilds): Promise<readonly Record<string, number>[]> {
  for (;;) {
    const told = await ask<{
      readonly controls: readonly {
        readonly builds: readonly { readonly seen: number }[];
        readonly steps: readonly Step[];
      }[];
    }>("GET", "/forecast?operation=listThings&control=request&since=1h").catch(() => undefined);
    const [control] = told?.controls ?? [];
    const seen = control?.builds.reduce((sum, one) => sum + one.seen, 0) ?? 0;
    if (control !== undefined && seen >= rounds * requestsOfARound)
      return control.steps.map(({ builds }) =>
        Object.fromEntries(
          builds.map(({ requests, version = "" }) => [version, requests / rounds]),
        ),
      );
    await pause(50);
  }
}

/** What this round refuses, by build. */
function round(on: FiveBuilds): Promise<Record<string, number>> {
  rounds += 1;
  return on.send();
}

async function until(met: () => Promise<boolean>): Promise<void> {
  while (!(await met())) await pause(50);
}

async function opened(
  { newContext }: { newContext: () => Promise<BrowserContext> },
  on: FiveBuilds,
  role: ConsoleRole,
): Promise<{ page: Page; faults: readonly string[] }> {
  const context = await newContext();
  await on.signIn(context, role);
  const page = await context.newPage();
  const faults = faultsOf(page);
  return { page, faults };
}

const ladder = (page: Page) =>
  page.locator("section.ladder").filter({ hasText: "request" }).first();

test("from ready to enforced is at most four presses, what is refused then is the forecast build by build, and undo is one", {
  needs: ["chromium"],
  timeout: 120_000,
}, async ({ chromium }) => {
  const on = await started();
  assert.deepEqual(await round(on), {}, "it is observed");
  const [, quarter = {}] = await forecast(on);
  assert.ok(Object.values(quarter).reduce((sum, count) => sum + count, 0) > 0);
  const { faults, page } = await opened(chromium, on, "operator");
  await page.goto(`${on.url}/operations`);
  let presses = 0;
  const press = async (name: RegExp): Promise<void> => {
    presses += 1;
    await page.getByRole("button", { name }).or(page.getByRole("link", { name })).first().click();
  };
  await press(/^request · listThings$/);
  await press(/^Enforce for builds >=3\.4\.0$/);
  await page
    .locator("dialog")
    .getByText(/would have refused nobody/)
    .waitFor();
  presses += 1;
  await page.locator("dialog button[type=submit]").click();
  await page.locator(".done-bar").getByRole("button", { name: "Undo" }).waitFor();
  assert.ok(presses <= 4, `${presses} presses`);
  await ladder(page).locator(".rung.held").waitFor();
  assert.deepEqual(await round(on), {}, "the newest builds send nothing that is refused");

  await ladder(page).getByRole("button", { name: "Enforce for 25 %" }).click();
  await page
    .locator("dialog .reach")
    .getByText(/would have refused/)
    .waitFor();
  await page.locator("dialog button[type=submit]").click();
  await page.locator("dialog").waitFor({ state: "detached" });
  await until(async () => Object.keys(await round(on)).length > 0);
  const refused = await round(on);
  assert.deepEqual(refused, quarter);
  const live = ladder(page).locator(".first-minute");
  await live.getByText(/harbour-ios 3\.2\.0/).waitFor();

  const before = Date.now();
  await ladder(page).getByRole("button", { name: "Undo" }).click();
  await until(async () => Object.keys(await round(on)).length === 0);
  assert.ok(Date.now() >= before);
  assert.deepEqual(await round(on), {}, "it is taken back");
  assert.deepEqual(faults, []);
});

test("a viewer sees the ladder, cannot climb it, and is told who can", {
  needs: ["chromium"],
  timeout: 60_000,
}, async ({ chromium }) => {
  const on = await started();
  if (rounds === 0) await round(on);
  await forecast(on);
  const { faults, page } = await opened(chromium, on, "viewer");
  await page.goto(`${on.url}/operations/listThings?control=request`);
  const press = ladder(page)
    .getByRole("button", { name: /^Enforce/ })
    .first();
  await press.click();
  await page
    .locator("dialog")
    .getByText(/role operator may/)
    .waitFor();
  assert.ok(await page.locator("dialog button[type=submit]").isDisabled());
  assert.deepEqual(faults, []);
});

test("by keyboard alone: from the list of what is ready to the step, and back", {
  needs: ["chromium"],
  timeout: 90_000,
}, async ({ chromium }) => {
  const on = await started();
  if (rounds === 0) await round(on);
  await forecast(on);
  for (const { id } of await on.ask<{ readonly id: string }[]>("GET", "/switches"))
    await on.ask("DELETE", `/switches/${id}`);
  const { page } = await opened(chromium, on, "operator");
  await page.goto(`${on.url}/`);
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await page.getByRole("link", { name: "request · listThings" }).waitFor();
  await tabTo(page, /^request · listThings$/);
  await page.keyboard.press("Enter");
  await ladder(page)
    .getByRole("button", { name: /^Enforce for builds/ })
    .waitFor();
  await tabTo(page, /^Enforce for builds/);
  await page.keyboard.press("Enter");
  await page
    .locator("dialog")
    .getByText(/would have refused nobody/)
    .waitFor();
  // The button has the focus: what was just read is confirmed.
  await page.keyboard.press("Enter");
  await ladder(page).locator(".rung.held").waitFor();
  assert.equal((await on.ask<unknown[]>("GET", "/switches")).length, 1);
  await page.keyboard.press("u");
  await until(async () => (await on.ask<unknown[]>("GET", "/switches")).length === 0);
});

/** Presses Tab until the focus is on what has this name. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let count = 0; count < 120; count += 1) {
    await page.keyboard.press("Tab");
    const text = await page.evaluate("document.activeElement?.textContent?.trim() ?? ''");
    if (name.test(String(text))) return;
  }
  assert.fail(`Tab does not lead to ${String(name)}`);
}

test("each of these screens is open to everybody, in light and dark, narrow and wide", {
  needs: ["chromium"],
  timeout: 90_000,
}, async ({ chromium }) => {
  const on = await started();
  if (rounds === 0) await round(on);
  await forecast(on);
  const { faults, page } = await opened(chromium, on, "operator");
  for (const path of ["/operations/listThings", "/operations", "/changes"]) {
    await page.goto(`${on.url}${path}`);
    await page.locator("main table").first().waitFor();
    for (const colorScheme of ["light", "dark"] as const)
      for (const width of [360, 1440]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        assert.deepEqual(await barriers(page), [], `${path} ${colorScheme} ${width}`);
      }
  }
  assert.deepEqual(faults, []);
});

/** What axe finds that would keep somebody out, or the page from fitting a narrow screen. */
async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))",
  );
  const isWide = await page.evaluate(
    "document.documentElement.scrollWidth > document.documentElement.clientWidth",
  );
  return [...(found as string[]), ...(isWide === true ? ["it scrolls sideways"] : [])];
}
