import type { Sender, Sent } from "../../packages/server/src/watch/detectors/staged-traffic.ts";

/** A request of a staged day, and whose it is. */
export interface Staged {
  readonly atMs: number;
  readonly who: Sender;
  readonly sent: Sent;
  /** The attack that it belongs to; undefined for people. */
  readonly attack: string | undefined;
}

export type Random = () => number;

const dayMs = 24 * 3_600_000;
export const users = 200_000;
const carriers = 300;
const behindCarriers = 0.6;
const mistaken = 0.1;
const forgotten = 0.005;
const appShape = 7;

/** More at noon than at night. */
const hourOf = (random: Random): number => {
  for (;;) {
    const hour = random() * 24;
    if (random() < 0.55 - 0.45 * Math.cos(((hour - 2) / 12) * Math.PI)) return hour;
  }
};

/** Six of ten share an address with some four hundred others; the busiest with thousands. */
function addressOf(user: number, random: Random): string {
  if ((user * 0.618_034) % 1 >= behindCarriers)
    return `81.${(user >> 16) & 255}.${(user >> 8) & 255}.${user & 255}`;
  const carrier = Math.floor(random() ** 2 * carriers);
  return `100.${64 + (carrier >> 8)}.${carrier & 255}.1`;
}

export const login = (name: string, outcome: Sent["outcome"]): Sent => ({
  operation: "login",
  role: "sign-in",
  outcome,
  target: name,
});

/** The sign-ins of one day: some mistype and mend it, few have forgotten and give up. */
export function signIns(fromMs: number, count: number, random: Random): Staged[] {
  const all: Staged[] = [];
  for (let index = 0; index < count; index += 1) {
    const user = Math.floor(random() * users);
    const who = { address: addressOf(user, random), shape: appShape };
    let atMs = fromMs + (hourOf(random) / 24) * dayMs;
    const send = (outcome: Sent["outcome"]): void => {
      all.push({ atMs, who, sent: login(`user ${user}`, outcome), attack: undefined });
      atMs += 4000 + random() * 20_000;
    };
    const isForgotten = random() < forgotten;
    const mistakes = isForgotten || random() < mistaken ? 1 + Math.floor(random() * 3) : 0;
    for (let mistake = 0; mistake < mistakes; mistake += 1) send("failure");
    if (!isForgotten) send("success");
  }
  return all;
}

/** Sessions of people who read their own things; a few follow old links, few read very much. */
export function sessions(fromMs: number, count: number, random: Random): Staged[] {
  const all: Staged[] = [];
  for (let index = 0; index < count; index += 1) {
    const user = Math.floor(random() * users);
    const who = {
      address: addressOf(user, random),
      shape: appShape,
      subject: `user ${user}`,
      device: `phone ${user}`,
    };
    const isResync = random() < 0.003;
    const objects = isResync ? 60 + Math.floor(random() * 120) : 1 + Math.floor(random() ** 3 * 40);
    const gone = isResync ? 0.04 : random() < 0.05 ? 0.3 : 0.01;
    // Some of what an app asks for when it is installed anew is older than what is remembered.
    const unseen = isResync ? random() * 0.5 : 0.03;
    let atMs = fromMs + (hourOf(random) / 24) * dayMs;
    for (let object = 0; object < objects; object += 1) {
      const status = random() < gone ? 404 : random() < 0.0005 ? 502 : 200;
      const sent = {
        operation: "getItem",
        object: `${user}-${Math.floor(random() * 400)}`,
        status,
        wasShown: random() >= unseen,
      };
      all.push({ atMs, who, sent, attack: undefined });
      atMs += isResync ? 300 : 2000 + random() * 15_000;
    }
    if (random() < 0.1) basket(all, who, atMs, random);
  }
  return all;
}

/** Some reserve and buy, some only reserve; a card in fifteen is declined. */
function basket(all: Staged[], who: Sender, fromMs: number, random: Random): void {
  const reservations = 1 + Math.floor(random() * 3);
  let atMs = fromMs;
  for (let index = 0; index < reservations; index += 1) {
    const sent = { operation: "reserve", role: "reserve", outcome: "success" } as const;
    all.push({ atMs: (atMs += 3000), who, sent, attack: undefined });
  }
  if (random() < 0.35) return;
  const isDeclined = random() < 1 / 15;
  for (const outcome of isDeclined ? (["failure", "success"] as const) : (["success"] as const))
    all.push({
      atMs: (atMs += 9000),
      who,
      sent: {
        operation: "pay",
        role: "purchase",
        outcome,
        target: `card of ${who.subject} ${outcome}`,
      },
      attack: undefined,
    });
}
