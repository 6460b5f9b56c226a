import {
  type ClientEvents,
  PortcullisClient,
} from "../../packages/client/src/portcullis-client.ts";
import { memoryPlatform } from "../../packages/client/src/adapters/memory.ts";
import type { Platform } from "../../packages/client/src/ports.ts";
import { Browser, formTokenOf } from "../identity/browser.ts";
import { type IdentityGate, password, startIdentityGate } from "../identity/identity-gate.ts";

export const email = "ann@notes.example";

/**
 * An issuer and an API behind a gate, for which the client is made.
 *
 * @param change what a test changes of its policy
 */
export async function startClientGate(
  change: (policy: string) => string = (policy) => policy,
): Promise<IdentityGate> {
  const gate = await startIdentityGate({
    change: (policy) =>
      change(policy)
        .replace("- { id: notes-app, ", "- { id: notes-app, nativeSignIn: true, ")
        .replace(
          "apps:\n",
          "apps:\n  - { id: old-app, minVersion: 3.0.0, upgradeUrl: https://apps.example/notes }\n",
        )
        .replace(
          "operations:\n",
          "operations:\n  - { match: listNotes, limits: [{ rate: 60/s, per: user }] }\n",
        ),
  });
  gate.addUser(email, "--role", "member");
  return gate;
}

/** Types the password where the app has sent somebody. @returns the redirect back to the app */
export async function byPassword(
  browser: Browser,
  url: string,
  person: string,
): Promise<string | undefined> {
  const first = await browser.follow(await browser.get(url), url);
  if (first.left !== undefined) return first.left.href;
  const sent = await browser.post(first.url, {
    form: formTokenOf(first.page ?? ""),
    intent: "password",
    email: person,
    password,
  });
  return (await browser.follow(sent, first.url)).left?.href;
}

export interface Phone {
  readonly client: PortcullisClient;
  readonly platform: Platform;
  readonly sent: string[];
  readonly events: [keyof ClientEvents, unknown][];
  /** Set to make the network fail. */
  fail: ((url: string, init: RequestInit) => Response | Error | undefined) | undefined;
}

/** An installation of the app, whose person types their password in the browser. */
export function phoneAt(
  gate: IdentityGate,
  person = email,
  over: Partial<Platform> = {},
  options: Partial<ConstructorParameters<typeof PortcullisClient>[0]> = {},
): Phone {
  const browser = new Browser(gate);
  const made: { -readonly [K in keyof Phone]: Phone[K] } = {
    sent: [],
    events: [],
    fail: undefined,
    client: undefined as never,
    platform: undefined as never,
  };
  const send = (async (input: string, init: RequestInit = {}) => {
    made.sent.push(`${init.method ?? "GET"} ${new URL(input).pathname}`);
    const failed = made.fail?.(input, init);
    if (failed instanceof Error) throw failed;
    return failed ?? gate.fetch(input, { ...init, signal: null });
  }) as typeof fetch;
  made.platform = {
    ...memoryPlatform(
      { open: (url) => byPassword(browser, url, person) },
      {
        fetch: send,
        clock: {
          now: () => Date.now(),
          monotonic: () => performance.now(),
          sleep: () => Promise.resolve(),
        },
      },
    ),
    ...over,
  };
  made.client = new PortcullisClient(
    {
      issuer: gate.origin,
      clientId: "notes-app",
      redirectUri: "com.notes.app:/signed-in",
      scopes: ["openid", "notes:read", "notes:write"],
      app: { id: "notes-app", version: "3.1.0" },
      ...options,
    },
    made.platform,
  );
  for (const name of [
    "signed-in",
    "signed-out",
    "refreshed",
    "step-up",
    "upgrade-needed",
    "version-ended",
  ] as const)
    made.client.on(name, (event) => made.events.push([name, event]));
  return made;
}
