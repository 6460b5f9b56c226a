import type { TestBrowser } from "../parts/chromium.ts";
import type { ConsoleGate } from "./console-gate.ts";

/** Somebody who came in by a link, with a device that holds passkeys. */
export async function comeIn(gate: ConsoleGate, chromium: TestBrowser, name: string) {
  const context = await chromium.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const device = await context.newCDPSession(page);
  await device.send("WebAuthn.enable");
  await device.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const made = await gate.ask<{ link: string }>("POST", "/console/invitations", {
    name,
    role: "operator",
  });
  await page.goto(made.link);
  await page.getByRole("button").first().click();
  await page.waitForURL(`${gate.url}/`);
  return { context, page };
}
