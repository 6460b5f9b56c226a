import type { TestContext } from "node:test";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { findProgram, isExecutable } from "./find-program.ts";
import { type Find, PartMissing } from "./part.ts";

const programs = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const launchMs = 20_000;
/** For each click, each wait, each page: a test says nothing of how fast they are. */
const actionMs = 15_000;

/** A browser of one test. What it opens is closed with the test, also when the test fails. */
export interface TestBrowser {
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  newPage(): Promise<Page>;
}

export function findChromium(): Find<string> {
  const named = process.env["PORTCULLIS_TEST_CHROMIUM"];
  if (named !== undefined)
    return isExecutable(named)
      ? { place: named }
      : { missing: `is not at ${named} (PORTCULLIS_TEST_CHROMIUM)` };
  const found = findProgram(programs);
  return found === undefined ? { missing: "is not installed" } : { place: found };
}

let launched: Promise<Browser> | undefined;

/** Chromium starts with the first test of a file that asks for it, and serves all of them. */
export async function openChromium(place: string, context: TestContext): Promise<TestBrowser> {
  const browser = await (launched ??= launch(place));
  const newContext = async (options?: BrowserContextOptions): Promise<BrowserContext> => {
    const opened = await browser.newContext(options);
    opened.setDefaultTimeout(actionMs);
    context.after(() => opened.close());
    return opened;
  };
  return { newContext, newPage: async () => (await newContext()).newPage() };
}

export async function closeChromium(): Promise<void> {
  const browser = await launched?.catch(() => undefined);
  await browser?.close();
}

async function launch(executablePath: string): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  try {
    return await chromium.launch({
      executablePath,
      timeout: launchMs,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // The gate's certificate is its own machine's, which the browser does not know.
        "--ignore-certificate-errors",
      ],
    });
  } catch (fault) {
    throw new PartMissing(`did not start: ${(fault as Error).message.slice(0, 600)}`);
  }
}
