import type { IdTokenClaims, PortcullisClient } from "../portcullis-client.ts";

/** What of React is used. React is given, so that the client neither installs nor bundles it. */
export interface React {
  useSyncExternalStore<T>(
    subscribe: (changed: () => void) => () => void,
    snapshot: () => T,
    serverSnapshot?: () => T,
  ): T;
}

/** What a component sees: who is signed in, and what it may do about it. */
export interface Portcullis
  extends Pick<PortcullisClient, "send" | "signIn" | "signInWith" | "signOut"> {
  /** `starting`: the keychain has not answered yet. */
  readonly status: "starting" | "signed-in" | "signed-out";
  /** Of the ID token; undefined where nobody is signed in, or the issuer gave none. */
  readonly claims: IdTokenClaims | undefined;
}

/**
 * Makes the hook of a client. Every component that uses it is shown again when somebody signs in or
 * out, or when the session ends.
 */
export function hooksOf(
  react: React,
  client: PortcullisClient,
): { readonly usePortcullis: () => Portcullis } {
  const actions = {
    send: client.send.bind(client),
    signIn: client.signIn.bind(client),
    signInWith: client.signInWith.bind(client),
    signOut: client.signOut.bind(client),
  };
  const starting: Portcullis = { ...actions, status: "starting", claims: undefined };
  let current = starting;
  let reading = 0;
  const watchers = new Set<() => void>();
  const read = async (): Promise<void> => {
    const mine = (reading += 1);
    const isSignedIn = await client.isSignedIn().catch(() => undefined);
    const claims = isSignedIn === true ? await client.claims().catch(() => undefined) : undefined;
    // A later event has begun to read: what it finds is newer. A locked keychain says nothing.
    if (mine !== reading || isSignedIn === undefined) return;
    current = isSignedIn
      ? { ...actions, status: "signed-in", claims }
      : { ...actions, status: "signed-out", claims: undefined };
    for (const changed of watchers) changed();
  };
  let stop: (() => void) | undefined;
  const listen = (): (() => void) => {
    const ends = (["signed-in", "signed-out", "refreshed"] as const).map((name) =>
      client.on(name, () => void read()),
    );
    void read();
    return () => ends.forEach((end) => end());
  };
  const subscribe = (changed: () => void): (() => void) => {
    watchers.add(changed);
    stop ??= listen();
    return () => {
      watchers.delete(changed);
      if (watchers.size > 0) return;
      stop?.();
      stop = undefined;
    };
  };
  return {
    usePortcullis: () =>
      react.useSyncExternalStore(
        subscribe,
        () => current,
        () => starting,
      ),
  };
}
