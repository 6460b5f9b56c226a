import assert from "node:assert/strict";
import { App } from "./app.ts";
import { type Browser, formTokenOf } from "./browser.ts";
import type { IdentityGate } from "./identity-gate.ts";

/** A person at the pages: follows the forms one by one. */
export class Visit {
  readonly browser: Browser;
  url = "";
  page = "";
  status = 0;
  left: URL | undefined;

  constructor(browser: Browser) {
    this.browser = browser;
  }

  async open(url: string): Promise<this> {
    return this.#at(await this.browser.follow(await this.browser.get(url), url));
  }

  async send(intent: string, fields: Readonly<Record<string, string>> = {}): Promise<this> {
    return this.#at(
      await this.browser.follow(
        await this.browser.post(this.url, { form: formTokenOf(this.page), intent, ...fields }),
        this.url,
      ),
    );
  }

  #at({ left, page = "", status, url }: Awaited<ReturnType<Browser["follow"]>>): this {
    this.url = url;
    this.page = page;
    this.status = status;
    this.left = left;
    return this;
  }
}

/** Somebody whom an app has sent to sign in. */
export async function visitAt(
  gate: IdentityGate,
  extra: Readonly<Record<string, string>> = {},
): Promise<{ readonly app: App; readonly at: Visit; readonly verifier: string }> {
  const app = await new App(gate).begin();
  const { url, verifier } = await app.authorizationUrl(extra);
  return { app, at: await new Visit(app.browser).open(url), verifier };
}

/** What oauth4webapi wants to have checked itself. */
export function validated(left: URL | undefined, app: App): URLSearchParams {
  assert.ok(left !== undefined, "sign-in did not end");
  return app.validate(left);
}

/** The code of the next mail of one kind to somebody. */
export const mailedCode = async (
  gate: IdentityGate,
  to: string,
  purpose: string,
): Promise<string> => {
  const { code } = await gate.mail(to, purpose);
  if (code === undefined) throw new Error(`a mail of the kind ${purpose} has no code`);
  return code;
};
