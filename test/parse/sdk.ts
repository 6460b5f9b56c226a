import { createRequire } from "node:module";
import { join } from "node:path";
import { Agent, fetch as fetchBy } from "undici";

/** What the tests use of Parse's JavaScript SDK. */
export interface ParseSdk {
  serverURL: string;
  initialize(applicationId: string): void;
  readonly User: {
    new (): ParseUser;
    enableUnsafeCurrentUser(): void;
    current(): ParseUser | null;
    logIn(name: string, password: string): Promise<ParseUser>;
    logOut(): Promise<unknown>;
    become(session: string): Promise<ParseUser>;
  };
  readonly Object: { new (name: string, values?: object): ParseObject };
  readonly Query: new (name: string) => ParseQuery;
  readonly Session: { current(): Promise<ParseObject> };
}
export interface ParseObject {
  readonly id: string;
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save(): Promise<unknown>;
  fetch(): Promise<ParseObject>;
  destroy(): Promise<unknown>;
}
export interface ParseUser extends ParseObject {
  signUp(values: object): Promise<unknown>;
  getSessionToken(): string;
}
export interface ParseQuery {
  equalTo(name: string, value: unknown): ParseQuery;
  limit(most: number): ParseQuery;
  find(): Promise<readonly ParseObject[]>;
  get(id: string): Promise<ParseObject>;
}

/** The SDK of these packages; what it asks of `origin` goes over connections that believe `ca`. */
export function openSdk(
  packages: string,
  { ca, origin }: { readonly ca: string; readonly origin: string },
): { readonly sdk: ParseSdk; readonly close: () => Promise<void> } {
  const load = createRequire(join(packages, "parse", "package.json"));
  const sdk = load("parse/node") as ParseSdk;
  const dispatcher = new Agent({ connect: { ca } });
  const usual = globalThis.fetch;
  globalThis.fetch = ((address: string, options: object) =>
    fetchBy(address, { ...options, dispatcher })) as unknown as typeof fetch;
  sdk.initialize("notes");
  sdk.serverURL = `${origin}/parse`;
  sdk.User.enableUnsafeCurrentUser();
  return {
    sdk,
    async close() {
      globalThis.fetch = usual;
      await dispatcher.close();
    },
  };
}
