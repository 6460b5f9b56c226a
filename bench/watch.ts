import { isAtLeast } from "../packages/server/src/watch/detectors/evidence.ts";
import { stagedRequest } from "../packages/server/src/watch/detectors/staged-traffic.ts";
import { stage } from "../packages/server/src/watch/staged-watch.ts";
import { seeded } from "./capacity/seeded.ts";
import { attacks } from "./watch/attacks.ts";
import { Fail2ban } from "./watch/fail2ban.ts";
import { sessions, signIns, type Staged } from "./watch/people.ts";

/**
 * What detectors find, and when, in traffic of which it is known what it is: people who share
 * addresses, mistype and forget, and attacks among them. The rows are made up; the detectors and the
 * incidents are the gate's own, with the settings that they have without any.
 *
 * node tools/run.mjs bench/watch.ts [SEEDS]
 */
const seeds = Number(process.argv[2] ?? 3);
const dayMs = 24 * 3_600_000;
const start = Date.UTC(2026, 10, 2);
const signInsADay = 60_000;
const sessionsADay = 20_000;
const quietDays = 5;
const noonMs = 12 * 3_600_000;

const inOrder = (all: readonly Staged[]): Staged[] =>
  all.toSorted((one, other) => one.atMs - other.atMs);

const day = (index: number, random: () => number): Staged[] => [
  ...signIns(start + index * dayMs, signInsADay, random),
  ...sessions(start + index * dayMs, sessionsADay, random),
];

let [medium, any, honest, banned, rows, nanoseconds] = [0, 0, 0, 0, 0, 0];
const kinds = new Map<string, number>();
const found = new Map<
  string,
  { delays: number[]; incidents: number[]; harm: number[]; banned: number[] }
>();

for (let seed = 1; seed <= seeds; seed += 1) {
  const random = seeded(seed);
  const quiet = stage();
  const rule = new Fail2ban();
  for (let index = 0; index < quietDays; index += 1)
    for (const { atMs, sent, who } of inOrder(day(index, random))) {
      const request = stagedRequest(atMs, who, sent);
      const before = process.hrtime.bigint();
      quiet.watch.note(request);
      nanoseconds += Number(process.hrtime.bigint() - before);
      rows += 1;
      rule.note(atMs, who.address, sent);
    }
  for (const { kind, severity } of quiet.incidents())
    kinds.set(`${kind} ${severity}`, (kinds.get(`${kind} ${severity}`) ?? 0) + 1);
  any += quiet.incidents().length;
  medium += quiet.incidents().filter(({ severity }) => isAtLeast(severity, "medium")).length;
  honest += quietDays * (signInsADay + sessionsADay);
  banned += rule.banned.size / quietDays;

  for (const attack of attacks) {
    const staged = stage();
    const among = new Fail2ban();
    const before = inOrder(day(0, random));
    const people = day(1, random);
    const from = start + dayMs + noonMs;
    const all = inOrder([...people, ...attack.requests(from, random)]);
    for (const { atMs, sent, who } of before) staged.send(atMs, who, sent);
    const known = new Set<string>();
    let delay = Number.POSITIVE_INFINITY;
    let harm = 0;
    /** Of its records, most are the attack's. */
    const caught = () =>
      staged
        .incidents()
        .filter(
          ({ records }) =>
            records.filter(({ traceId }) => known.has(traceId)).length * 2 > records.length,
        );
    const ids = new Set<string>();
    const isFound = (): boolean => {
      for (const { id } of caught()) ids.add(id);
      return ids.size > 0;
    };
    for (const { atMs, attack: of, sent, who } of all) {
      const request = stagedRequest(atMs, who, sent);
      if (of !== undefined) {
        known.add(request.traceId);
        among.note(atMs, who.address, sent);
      }
      staged.watch.note(request);
      if (of === undefined || Number.isFinite(delay)) continue;
      if (isFound()) delay = atMs - from;
      else if (isHarm(sent)) harm += 1;
    }
    const row = found.get(attack.name) ?? { delays: [], incidents: [], harm: [], banned: [] };
    found.set(attack.name, row);
    row.delays.push(delay / 1000);
    isFound();
    row.incidents.push(ids.size);
    row.harm.push(harm);
    row.banned.push(
      among.firstMs === undefined ? Number.POSITIVE_INFINITY : (among.firstMs - from) / 1000,
    );
  }
}

/** Somebody was let in, an object or stock is gone, a card was found to work. */
function isHarm({ decisions = [], outcome, role }: Staged["sent"]): boolean {
  return decisions.length > 0 || (role !== undefined && outcome === "success");
}

const middle = (values: readonly number[]): string => {
  const value = values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
  return Number.isFinite(value) ? value.toFixed(value < 10 ? 1 : 0) : "never";
};
const per = (count: number): string => ((count / honest) * 100_000).toFixed(2);

console.log(`${seeds} seeds; of each attack the middle one`);
console.log(
  `honest sessions: ${honest}; incidents per 100,000: ${per(any)}, medium or worse: ${per(medium)}`,
);
console.log([...kinds].map(([kind, count]) => `${kind}: ${count}`).join(", "));
console.log(
  `addresses of honest people that fail2ban's rule bans a day: ${(banned / seeds).toFixed(0)}`,
);
console.log(
  `control thread: ${(nanoseconds / rows / 1000).toFixed(2)} µs a request, ${rows} requests`,
);
console.log(
  "| attack | found after, s | harm before | incidents | fail2ban, s |\n|---|---|---|---|---|",
);
for (const { name, what } of attacks) {
  const row = found.get(name);
  if (row === undefined) continue;
  console.log(
    `| ${what} | ${middle(row.delays)} | ${middle(row.harm)} | ${middle(row.incidents)} | ${middle(row.banned)} |`,
  );
}
