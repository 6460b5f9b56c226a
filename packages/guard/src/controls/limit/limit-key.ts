import type { App } from "../../facts/app.ts";
import type { Caller } from "../../facts/caller.ts";
import type { Facts } from "../../facts/facts.ts";
import { compileBodyPart } from "./body-part.ts";
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
export type LimitPart = (typeof limitParts)[number] | SummedPart;
/** A property of the body. */
export type SummedPart = `body.${string}`;

/**
 * Whether callers can choose what the part says, and so invent as many keys as they like: whatever
 * stands in a body; any app, whose name is the caller's word; a device for each further sign-in.
 * An address must be reached by the answer, and who somebody is, is for whoever signs them in to say.
 */
export const isChosen: Readonly<Record<(typeof limitParts)[number] | "body", boolean>> = {
  address: false,
  user: false,
  device: true,
  app: true,
  operation: false,
  tier: false,
  everyone: false,
  body: true,
};

/** Whether callers can invent keys of a limit that counts by these parts. */
export const isInvented = (per: readonly LimitPart[]): boolean =>
  per.some((part) => isChosen[part.startsWith("body.") ? "body" : (part as keyof typeof isChosen)]);

/** Who has invented a key: the network that it comes from, and who has signed in. */
export const inventorsOf = ({ address, caller }: CountedFacts): readonly string[] =>
  caller === undefined ? [`@${networkOf(address)}`] : [`@${networkOf(address)}`, `=${caller.key}`];

const bodyPart = /^body(?:\.[A-Za-z0-9_-]{1,64}){1,8}$/;
export const isLimitPart = (text: string): text is LimitPart =>
  (limitParts as readonly string[]).includes(text) || bodyPart.test(text);
export const isSummedPart = (text: string): text is SummedPart => bodyPart.test(text);
export const readsBody = (per: readonly LimitPart[]): boolean =>
  per.some((part) => part.startsWith("body."));

/**
 * `Ann@x` and `ann@x` name one account, so case and Unicode form are folded: guesses at either
 * count together. Long values are cut, and those that begin alike count together too.
 */
function bodyValue(value: unknown): string {
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
    const valueOf = compileBodyPart(part);
    return ({ body }) => bodyValue(valueOf(body));
  });
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return (counted) => {
    let who = "";
    for (const part of parts) who += `${part(counted)}\n`;
    return who;
  };
}
