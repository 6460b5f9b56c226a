import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

interface Finding {
  readonly id: string;
  readonly nodes: readonly {
    readonly target: readonly string[];
    readonly failureSummary?: string;
  }[];
}

/** What axe finds on the page as it stands, each by its rule and its first place. */
async function findings(page: Page): Promise<readonly string[]> {
  const hasAxe = await page.evaluate("'axe' in window");
  if (hasAxe !== true) await page.evaluate(axeSource);
  const found = (await page.evaluate(
    `axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) => ({
      id, nodes: nodes.map(({ target, failureSummary }) => ({ target, failureSummary })) })))`,
  )) as readonly Finding[];
  return found.map(
    ({ id, nodes }) => `${id}: ${nodes[0]?.target.join(" ")} ${nodes[0]?.failureSummary}`,
  );
}

export type Look = readonly [theme: "light" | "dark", width: number];
const everyLook: readonly Look[] = [
  ["light", 1440],
  ["dark", 1440],
  ["dark", 360],
  ["light", 360],
];

/** Holds a page to axe in both themes, wide and narrow; a narrow one is not scrolled sideways. */
export async function holdToAxe(
  page: Page,
  name: string,
  looks: readonly Look[] = everyLook,
): Promise<void> {
  for (const [theme, width] of looks) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate(`document.documentElement.dataset.theme = "${theme}"`);
    assert.deepEqual(await findings(page), [], `${name}, ${theme}, ${width} px`);
    const wide = Number(await page.evaluate("document.documentElement.scrollWidth"));
    assert.ok(wide <= width, `${name} is ${wide} px wide in ${width} px`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** Waits until the page has what it has asked for. What it evaluates itself, its own policy refuses. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1").first().waitFor();
  await page.locator(".waiting").first().waitFor({ state: "detached" });
}

/** Where pictures of docs/console.md are to be put; undefined where nobody wants them. */
export const picturesTo: string | undefined = process.env["PORTCULLIS_TEST_PICTURES"];

/** Keeps what a page looks like, in the colours and the width that its page of the manual shows. */
export async function picture(
  page: Page,
  name: string,
  theme: "light" | "dark",
  width = 1280,
): Promise<void> {
  if (picturesTo === undefined) return;
  mkdirSync(picturesTo, { recursive: true });
  await page.setViewportSize({ width, height: 800 });
  await page.evaluate(`document.documentElement.dataset.theme = "${theme}"`);
  await page.screenshot({ path: `${picturesTo}/${name}.png` });
  await page.setViewportSize({ width: 1440, height: 900 });
}
