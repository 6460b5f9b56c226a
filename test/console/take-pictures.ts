// Takes the pictures of docs/console.md anew: node --conditions=@portcullis/source test/console/take-pictures.ts
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findChromium } from "../parts/chromium.ts";
import { startConsoleGate } from "./console-gate.ts";
import { settled } from "./walk.ts";

const folder = join(import.meta.dirname, "..", "..", "docs", "pictures");
const found = findChromium();
if ("missing" in found) throw new Error(`Chromium ${found.missing}`);
mkdirSync(folder, { recursive: true });
const gate = await startConsoleGate(900);
const token = await gate.bank.login("ben", "battery staple");
const releasedAt = new Date(Date.now() - 14 * 3_600_000).toISOString();
await gate.ask("POST", "/releases", { app: "harbour-ios", version: "3.5.0", at: releasedAt });
const builds = ["3.3.0", "3.4.1", "3.4.1", "3.5.0"];
for (let index = 0; index < 160; index += 1)
  await gate.bank.through("3.1.2")("POST", "/v1/sessions", {
    json: { username: `victim${index}`, password: "stolen" },
  });
for (let index = 0; index < 60; index += 1)
  await gate.bank.through(builds[index % 4])(
    "GET",
    index % 5 === 3 ? "/v1/accounts/a-1" : index % 2 === 0 ? "/v1/accounts" : "/v1/accounts/a-3",
    { token },
  );
const { items } = await gate.ask<{ readonly items: readonly { readonly id: string }[] }>(
  "GET",
  "/incidents",
);
const { chromium } = await import("playwright-core");
const browser = await chromium.launch({
  executablePath: found.place,
  args: ["--no-sandbox", "--disable-gpu"],
});
const pictures = [
  { name: "console-overview", path: "/", scheme: "light", width: 1280, height: 860 },
  { name: "console-overview-narrow", path: "/", scheme: "dark", width: 390, height: 780 },
  {
    name: "console-incident",
    path: `/incidents/${items[0]?.id}`,
    scheme: "light",
    width: 1280,
    height: 860,
  },
  { name: "console-live", path: "/live", scheme: "dark", width: 1280, height: 760 },
] as const;
for (const { height, name, path, scheme, width } of pictures) {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height } });
  await gate.signIn(context, "admin");
  const page = await context.newPage();
  await page.goto(`${gate.url}${path}`);
  await settled(page);
  if (name === "console-live") {
    await page.locator(".windowed-row", { hasText: "object-not-yours" }).first().click();
    await page.getByRole("heading", { name: "Steps" }).waitFor();
  } else await page.locator(".drawing .bars.passed[d]:not([d=''])").waitFor({ state: "attached" });
  await page.waitForLoadState("networkidle").catch(() => undefined);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await context.close();
  console.log(`docs/pictures/${name}.png`);
}
await browser.close();
gate.close();
