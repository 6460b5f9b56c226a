import type { App } from "../../facts/app.ts";
import type { Caller } from "../../facts/caller.ts";
import type { Facts } from "../../facts/facts.ts";
import { compileAlike } from "../../reading/names-alike.ts";
import { networkOf } from "../../reading/network.ts";

/**
 * Who a request counts as: facts that the gate established, never the caller's word alone. The body
 * is known only to limits that are judged after it was read.
 */
export type CountedFacts = Readonly<
  Pick<Facts, "address"> & {
    app: Pick<App, "id" | "numbers"> | undefined;
    caller: Pick<Caller, "deviceId" | "key" | "tier"> | undefined;
  } & Partial<Pick<Facts, "body">>
>;

export const limitParts = [
  "address",
  "user",
  "device",
  "app",
  "operation",
  "tier",
  "everyone",
] as const;
export type LimitPart = (typeof limitParts)[number] | `body.${string}`;

const bodyPart = /^body(?:\.[A-Za-z0-9_-]{1,64}){1,8}$/;
export const isLimitPart = (text: string): text is LimitPart =>
  (limitParts as readonly string[]).includes(text) || bodyPart.test(text);
export const readsBody = (per: readonly LimitPart[]): boolean =>
  per.some((part) => part.startsWith("body."));

/**
 * `Ann@x` and `ann@x` name one account, so case and Unicode form are folded: guesses at either
 * count together. Long values are cut, and those that begin alike count together too.
 */
function bodyValue(
  body: unknown,
  members: readonly { readonly name: string; readonly isAlike: (sent: string) => boolean }[],
): string {
  let value = body;
  for (const { isAlike, name } of members) {
    // A body that has the member in two spellings holds two guesses, of which only one would be
    // counted. All such bodies share one count.
    if (
      typeof value !== "object" ||
      value === null ||
      !Object.hasOwn(value, name) ||
      Object.keys(value).some(isAlike)
    )
      return "";
    value = (value as Record<string, unknown>)[name];
  }
  return typeof value === "string"
    ? value.slice(0, 200).normalize("NFKC").trim().toLowerCase()
    : typeof value === "number"
      ? String(value)
      : "";
}

type ReadPart = (counted: CountedFacts) => string;

/**
 * Where nobody is signed in, the address stands for the user: otherwise leaving the token out would
 * evade the limit.
 */
const userOf: ReadPart = ({ address, caller }) =>
  caller === undefined ? `@${networkOf(address)}` : `=${caller.key}`;

const readers: Readonly<Record<Exclude<(typeof limitParts)[number], "operation">, ReadPart>> = {
  address: ({ address }) => networkOf(address),
  user: userOf,
  device: (counted) =>
    counted.caller?.deviceId === undefined ? userOf(counted) : `#${counted.caller.deviceId}`,
  app: ({ app }) => app?.id ?? "",
  tier: ({ caller }) => caller?.tier ?? "",
  everyone: () => "",
};

/** Whom a limit counts a request for this operation as. */
export function compileLimitKey(per: readonly LimitPart[], operation: string): ReadPart {
  const parts = per.map((part): ReadPart => {
    if (part === "operation") return () => operation;
    if (!part.startsWith("body.")) return readers[part as keyof typeof readers];
    const members = part
      .split(".")
      .slice(1)
      .map((one) => ({ name: one, isAlike: compileAlike(one) }));
    return ({ body }) => bodyValue(body, members);
  });
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return (counted) => {
    let who = "";
    for (const part of parts) who += `${part(counted)}\n`;
    return who;
  };
}
