import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, judgeCode, type Judgement, type RefreshTokenFacts } from "./judgement.ts";

const nowMs = 1_000_000_000;
const receiptMs = 60_000;
const retryWindowMs = 7 * 86_400_000;
const generation = 4;

/** Every state that each fact can be in. */
const states = {
  spent: ["no", "within the window", "before the window"],
  answer: ["none", "fresh", "old"],
  session: ["unknown", "ended", "behind", "at the token", "ahead"],
  key: ["bound", "unbound"],
  successor: ["unspent", "none"],
} as const;

type States = { readonly [K in keyof typeof states]: (typeof states)[K][number] };
type Row = { readonly [K in keyof States]?: readonly States[K][] } & { readonly is: Judgement };

/** A fact that a row does not name may be in any state. */
const table: readonly Row[] = [
  { spent: ["no"], is: "live" },
  { spent: ["within the window", "before the window"], answer: ["fresh"], is: "repeat" },
  {
    spent: ["within the window", "before the window"],
    answer: ["none", "old"],
    session: ["unknown", "ended", "ahead"],
    is: "stolen",
  },
  {
    spent: ["within the window", "before the window"],
    answer: ["none", "old"],
    session: ["behind", "at the token"],
    key: ["unbound"],
    is: "stolen",
  },
  {
    spent: ["before the window"],
    answer: ["none", "old"],
    session: ["behind", "at the token"],
    key: ["bound"],
    is: "too-late",
  },
  {
    spent: ["within the window"],
    answer: ["none", "old"],
    session: ["behind", "at the token"],
    key: ["bound"],
    successor: ["unspent"],
    is: "lost-answer",
  },
  {
    spent: ["within the window"],
    answer: ["none", "old"],
    session: ["behind", "at the token"],
    key: ["bound"],
    successor: ["none"],
    is: "stolen",
  },
];

const names = Object.keys(states) as (keyof States)[];
const combinations = names.reduce<readonly Partial<States>[]>(
  (sofar, name) => sofar.flatMap((one) => states[name].map((state) => ({ ...one, [name]: state }))),
  [{}],
) as readonly States[];

const fits = (row: Row, one: States): boolean =>
  names.every((name) => (row[name] as readonly string[] | undefined)?.includes(one[name]) ?? true);

const facts = ({ answer, key, session, spent, successor }: States): RefreshTokenFacts => ({
  spentAtMs: {
    no: undefined,
    "within the window": nowMs - retryWindowMs,
    "before the window": nowMs - retryWindowMs - 1,
  }[spent],
  answeredAtMs: { none: undefined, fresh: nowMs - receiptMs + 1, old: nowMs - receiptMs }[answer],
  session: {
    unknown: undefined,
    ended: { hasEnded: true, confirmedGeneration: generation },
    behind: { hasEnded: false, confirmedGeneration: generation - 1 },
    "at the token": { hasEnded: false, confirmedGeneration: generation },
    ahead: { hasEnded: false, confirmedGeneration: generation + 1 },
  }[session],
  isBound: key === "bound",
  hasUnspentSuccessor: successor === "unspent",
  generation,
  nowMs,
  receiptMs,
  retryWindowMs,
});

test("every combination of what can be known of a refresh token has one judgement", () => {
  assert.equal(combinations.length, 180);
  for (const one of combinations) {
    const rows = table.filter((row) => fits(row, one));
    assert.equal(rows.length, 1, `${JSON.stringify(one)} stands in ${rows.length} rows`);
    assert.equal(judge(facts(one)), rows[0]?.is, JSON.stringify(one));
  }
});

test("a code is live, asked for again at once, or stolen, whatever became of its session", () => {
  const kept = { nowMs, receiptMs };
  const old = nowMs - receiptMs;
  const rows: readonly (readonly [number | undefined, number | undefined, Judgement])[] = [
    [undefined, undefined, "live"],
    [undefined, old + 1, "live"],
    [old, undefined, "stolen"],
    [old, old, "stolen"],
    [old, old + 1, "repeat"],
  ];
  for (const [spentAtMs, answeredAtMs, expected] of rows)
    assert.equal(judgeCode({ ...kept, spentAtMs, answeredAtMs }), expected);
});
