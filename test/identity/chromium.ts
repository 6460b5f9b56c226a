import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const places = [process.env["PORTCULLIS_TEST_CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A real browser. The gate's certificate is its own machine's: the browser is told to trust what it sees there. */
export function launchChromium(): Promise<Browser> {
  const executablePath = places.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) throw new Error("Chromium is needed: apt-get install chromium, or set PORTCULLIS_TEST_CHROMIUM");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--ignore-certificate-errors"] });
}
