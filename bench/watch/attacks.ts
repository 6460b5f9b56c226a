import type { Sender, Sent } from "../../packages/server/src/watch/detectors/staged-traffic.ts";
import { login, type Random, type Staged } from "./people.ts";

const second = 1000;
const minute = 60 * second;
const toolShape = 99;
/** As the app itself writes its fields: kept out of all tuning. */
const appShape = 7;
/** Pairs of a list that still work. */
const valid = 0.005;

export interface Attack {
  readonly name: string;
  readonly what: string;
  readonly requests: (fromMs: number, random: Random) => Staged[];
}

/** One request after another, by whoever `whoOf` says. */
function stream(
  name: string,
  everyMs: number,
  forMs: number,
  whoOf: (index: number, random: Random) => Sender,
  sentOf: (index: number, random: Random) => Sent,
): Attack["requests"] {
  return (fromMs, random) =>
    Array.from({ length: Math.floor(forMs / everyMs) }, (_, index) => ({
      atMs: fromMs + index * everyMs + random() * everyMs,
      who: whoOf(index, random),
      sent: sentOf(index, random),
      attack: name,
    }));
}

const stolen = (index: number, random: Random): Sent =>
  login(`listed ${index}`, random() < valid ? "success" : "failure");
const from = (prefix: number, count: number) => (index: number) => {
  const number = (index * 7919) % count;
  return {
    address: `${prefix}.${(number >> 8) & 255}.${number & 255}.7`,
    shape: toolShape,
  };
};
const asTheApp =
  (whoOf: (index: number, random: Random) => Sender) =>
  (index: number, random: Random): Sender => ({ ...whoOf(index, random), shape: appShape });
const busyCarrier = (_index: number, random: Random): Sender => ({
  address: `100.64.${Math.floor(random() ** 2 * 20)}.1`,
  shape: toolShape,
});
const thief = { address: "203.0.113.9", shape: toolShape, subject: "thief", device: "emulator" };
const foreign = [
  { code: "object-not-yours", mode: "observe" as const, detail: undefined, at: undefined },
];
/** Six of ten guesses name somebody's object, which leaves where the owner rule is only observed. */
const guess = (index: number, random: Random): Sent => ({
  operation: "getItem",
  object: `guess ${index}`,
  ...(random() < 0.6 ? { decisions: foreign } : { status: 404 }),
});

export const attacks: readonly Attack[] = [
  {
    name: "A",
    what: "stuffing, one address, 5 a second",
    requests: stream(
      "A",
      200,
      2 * 60 * minute,
      () => ({ address: "203.0.113.9", shape: toolShape }),
      stolen,
    ),
  },
  {
    name: "B",
    what: "stuffing, 2000 addresses, 1 in 10 min each",
    requests: stream("B", 300, 2 * 60 * minute, from(45, 2000), stolen),
  },
  {
    name: "C",
    what: "stuffing, 500 addresses, 1 a minute each",
    requests: stream("C", 120, 2 * 60 * minute, from(46, 500), stolen),
  },
  {
    name: "D",
    what: "stuffing, 200 an hour behind 20 carriers",
    requests: stream("D", 18 * second, 2 * 60 * minute, busyCarrier, stolen),
  },
  {
    name: "C2",
    what: "stuffing, 500 addresses, 1 a minute each, written as the app writes",
    requests: stream("C2", 120, 2 * 60 * minute, asTheApp(from(46, 500)), stolen),
  },
  {
    name: "D2",
    what: "stuffing, 200 an hour behind 20 carriers, written as the app writes",
    requests: stream("D2", 18 * second, 2 * 60 * minute, asTheApp(busyCarrier), stolen),
  },
  {
    name: "E",
    what: "enumeration, 5 a second",
    requests: stream("E", 200, 10 * minute, () => thief, guess),
  },
  {
    name: "F",
    what: "enumeration, 1 in 2 min",
    requests: stream("F", 2 * minute, 4 * 60 * minute, () => thief, guess),
  },
  {
    name: "F2",
    what: "reading objects whose ids were stolen, 1 in 15 s, no owner rule",
    requests: stream(
      "F2",
      15 * second,
      60 * minute,
      () => thief,
      (index) => ({ operation: "getItem", object: `stolen ${index}`, wasShown: false }),
    ),
  },
  {
    name: "G",
    what: "card testing, 1 in 20 s, 15 % approved",
    requests: stream(
      "G",
      20 * second,
      60 * minute,
      () => thief,
      (index, random) => ({
        operation: "pay",
        role: "purchase",
        outcome: random() < 0.15 ? "success" : "failure",
        target: `stolen card ${index}`,
      }),
    ),
  },
  {
    name: "H",
    what: "hoarding, 1 in 30 s",
    requests: stream(
      "H",
      30 * second,
      60 * minute,
      () => thief,
      () => ({
        operation: "reserve",
        role: "reserve",
        outcome: "success",
      }),
    ),
  },
];
