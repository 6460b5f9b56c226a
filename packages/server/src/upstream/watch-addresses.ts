import { lookup } from "node:dns/promises";

const lookEveryMs = 30_000;

/** Asks what addresses a name has, as connecting does: hosts file, search domains, both families. */
export type LookUp = (name: string) => Promise<readonly string[]>;

const lookUpAll: LookUp = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address);

/**
 * Looks a name up again and again, and tells when it means other addresses than before. A name that
 * cannot be looked up now means what it did.
 *
 * @returns undefined where there is no name
 */
export function watchAddresses(
  name: string | undefined,
  onChange: () => void,
  lookUp: LookUp = lookUpAll,
  everyMs = lookEveryMs,
): { close(): void } | undefined {
  if (name === undefined) return undefined;
  let known: string | undefined;
  const look = async (): Promise<void> => {
    const addresses = await lookUp(name).catch(() => undefined);
    if (addresses === undefined) return;
    const now = [...addresses].sort().join(" ");
    if (known !== undefined && known !== now) onChange();
    known = now;
  };
  void look();
  const timer = setInterval(() => void look(), everyMs).unref();
  return { close: () => clearInterval(timer) };
}
