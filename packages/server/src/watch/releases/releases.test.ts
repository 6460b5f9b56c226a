import assert from "node:assert/strict";
import { test } from "node:test";
import { forEveryStore } from "../../../../../test/identity/every-store.ts";
import { stagedRequest } from "../detectors/staged-traffic.ts";
import type { Incident } from "../incidents/incident.ts";
import { Mutes } from "../sinks/mutes.ts";
import type { Notice } from "../sinks/notice.ts";
import { Notifying } from "../sinks/notifying.ts";
import { stage } from "../staged-watch.ts";
import type { Release } from "./release.ts";
import { ReleaseBook, releaseEvents, type ReleaseStore } from "./release-book.ts";

const start = 1_763_640_000_000;
const minute = 60_000;
const hour = 60 * minute;

const openBook = (store?: ReleaseStore): ReleaseBook =>
  new ReleaseBook({
    store,
    isDeclared: (app) => app.startsWith("harbour"),
    nowMs: () => start,
    say: () => undefined,
  });

const send = (book: ReleaseBook, atMs: number, version: string, subject: string, app = "harbour") =>
  book.follow(
    stagedRequest(
      atMs,
      { address: "203.0.113.9", subject },
      { operation: "read", app, appVersion: version },
    ),
  );

const said = (version: string, atMs: number, app = "harbour"): Release => ({
  app,
  version,
  source: "said",
  atMs,
  by: "ci",
  note: undefined,
});

/** Everybody, one after another, comes with a version. */
const everybody = (book: ReleaseBook, atMs: number, version: string, count = 5): void => {
  for (let one = 0; one < count; one += 1) send(book, atMs, version, `caller ${one}`);
};

const known = (book: ReleaseBook): string[] =>
  book.all().map(({ source, version }) => `${version} ${source}`);

test("the first use of a newer version by three callers who have signed in is a release by itself", () => {
  const book = openBook();
  everybody(book, start, "3.4.0");
  everybody(book, start + minute, "3.3.9");
  assert.deepEqual(releaseEvents(book), [], "what was there before the gate was released long ago");
  everybody(book, start + 2 * hour, "3.4.0");
  for (const caller of ["ann", "ann", "ben", "ben"]) send(book, start + 3 * hour, "3.5.0", caller);
  assert.deepEqual(releaseEvents(book), [], "two callers are not enough");
  send(book, start + 3 * hour + 1, "3.5.0", "cam");
  assert.deepEqual(
    releaseEvents(book).map(({ atMs, version }) => [version, atMs]),
    [["3.5.0", start + 3 * hour + 1]],
  );
  everybody(book, start + 4 * hour, "3.2.1");
  assert.deepEqual(known(book), ["3.2.1 found", "3.5.0 seen", "3.3.9 found", "3.4.0 found"]);
});

test("versions that one caller invents, and apps that the policy does not have, are no releases and fill nothing", () => {
  const book = openBook();
  everybody(book, start, "3.4.0");
  for (let index = 0; index < 5000; index += 1) {
    send(book, start + 2 * hour, `9.${index}.0`, "mallory");
    send(book, start + 2 * hour, "9.9.9", `caller ${index}`, "invented");
  }
  for (let caller = 0; caller < 3; caller += 1)
    send(book, start + 3 * hour, "3.5.0", `caller ${caller}`);
  assert.deepEqual(known(book), ["3.5.0 seen", "3.4.0 found"]);
});

test("an invented version that is far ahead does not hide the next real release", () => {
  const book = openBook();
  everybody(book, start, "3.4.0");
  for (let round = 0; round < 50; round += 1) {
    everybody(book, start + 2 * hour, "3.4.0");
    for (const caller of ["m1", "m2", "m3"]) send(book, start + 2 * hour, "99.0.0", caller);
  }
  everybody(book, start + 3 * hour, "3.5.0");
  assert.ok(known(book).includes("3.5.0 seen"), known(book).join());
});

test("what a person says counts from when callers first came with it, and said again it stays", async () => {
  const book = openBook();
  everybody(book, start, "3.4.0");
  everybody(book, start + 2 * hour, "3.5.0");
  const first = await book.put(said("3.5.0", start + 3 * hour));
  assert.deepEqual([first.source, first.atMs], ["said", start + 2 * hour]);
  const again = await book.put(said("3.5.0", start + 9 * hour));
  assert.equal(again.atMs, start + 2 * hour);
  const old = await book.put(said("3.4.0", start - hour));
  assert.equal(old.atMs, start - hour, "nobody knew when it was");
  everybody(book, start + 4 * hour, "3.4.5");
  assert.ok(known(book).includes("3.4.5 found"), "it is older than what somebody has said");
});

forEveryStore((testOfStore, store) => {
  testOfStore("releases outlast the program, reach other nodes, and are taken back", async () => {
    const rows = store().releases;
    const [one, other] = [openBook(rows), openBook(rows)];
    await Promise.all([one.begin(), other.begin()]);
    everybody(one, start, "3.4.0");
    everybody(other, start + 1, "3.4.0");
    await one.close();
    await other.put(said("3.5.0", start + hour));
    await other.close();
    const third = openBook(rows);
    await third.begin();
    assert.deepEqual(known(third), ["3.5.0 said", "3.4.0 found"]);
    assert.equal(third.find("harbour", "3.4.0")?.atMs, start, "the first node to see it has it");
    assert.equal((await one.remove("harbour", "3.4.0"))?.version, "3.4.0");
    await third.close();
    assert.deepEqual(known(third), ["3.5.0 said"]);
    everybody(third, start + 9 * hour, "3.6.0");
    await third.close();
    assert.deepEqual(
      (await rows.newest(10)).map(({ source, version }) => `${version} ${source}`),
      ["3.6.0 seen", "3.5.0 said"],
    );
  });
});

/** Sign-ins of a thousand callers, one each: from some moment on, those of a version fail. */
function sprayed(release: Release | undefined, version: string): Incident | undefined {
  const staged = stage({}, release === undefined ? [] : [release]);
  for (let bucket = 0; bucket < 18; bucket += 1)
    for (let index = 0; index < 60; index += 1) {
      const atMs = start + bucket * 5 * minute + index * 1000;
      const isBad = bucket >= 12 && index % 2 === 0;
      const fails = isBad || index % 20 === 0;
      staged.send(
        atMs,
        { address: `10.${bucket}.${index}.7` },
        {
          operation: "login",
          role: "sign-in",
          outcome: fails ? "failure" : "success",
          target: `person ${bucket} ${index}`,
          app: "harbour",
          appVersion: fails ? version : "3.4.0",
        },
      );
    }
  staged.turn(start + 90 * minute);
  return staged.incidents().find(({ kind }) => kind === "password-spraying");
}

const notices = (incident: Incident, nowMs: number): string[] => {
  const sent: Notice[] = [];
  const mutes = new Mutes();
  const notifying = new Notifying({
    minSeverity: "info",
    send: (notice) => sent.push(notice),
    isMuted: (one, atMs) => mutes.isMuted(one, atMs),
  });
  notifying.hear(incident, "opened", nowMs, false);
  notifying.turn(nowMs + 25 * hour);
  return sent.map(({ type }) => type);
};

test("an alarm about everybody within an hour of a release that explains it says so, and waits for the digest", () => {
  const released = said("3.5.0", start + 59 * minute);
  const explained = sprayed(released, "3.5.0");
  assert.deepEqual(
    [explained?.release?.version, explained?.release?.isQuiet, explained?.timeline[0]?.what],
    ["3.5.0", true, "harbour 3.5.0 was released"],
  );
  assert.deepEqual(notices(explained as Incident, start), ["digest"]);
  const seen = sprayed({ ...released, source: "seen" }, "3.5.0");
  assert.equal(seen?.release?.isQuiet, false, "callers can name any version");
  assert.deepEqual(notices(seen, start), ["incident.opened"]);
  assert.equal(sprayed(said("3.5.0", start - 3 * hour), "3.5.0")?.release?.isQuiet, false);
  assert.equal(sprayed(said("3.5.0", start - 48 * hour), "3.5.0")?.release, undefined);
  assert.equal(sprayed(undefined, "3.5.0")?.release, undefined);
  assert.equal(sprayed(released, "3.4.0")?.release, undefined, "another version fails");
});

test("a release keeps nobody from hearing of an attacker who names it, nor of the errors of the release itself", () => {
  const released = said("3.5.0", start - minute);
  const staged = stage({}, [released]);
  for (let index = 0; index < 150; index += 1)
    staged.send(
      start + index * 100,
      { address: "203.0.113.9" },
      {
        operation: "login",
        role: "sign-in",
        outcome: "failure",
        target: `victim ${index}`,
        app: "harbour",
        appVersion: "3.5.0",
      },
    );
  const [found] = staged.incidents();
  assert.deepEqual(
    [found?.kind, found?.release?.version, found?.release?.isQuiet],
    ["credential-stuffing", "3.5.0", false],
  );
  for (let index = 0; index < 600; index += 1)
    staged.send(
      start + 10 * minute + index * 1000,
      { address: `10.1.${index % 200}.7` },
      {
        operation: "read",
        status: index < 300 || index % 3 > 0 ? 200 : 500,
        app: "harbour",
        appVersion: index % 3 === 0 ? "3.5.0" : "3.4.0",
      },
    );
  staged.turn(start + 40 * minute);
  const failing = staged.incidents().find(({ kind }) => kind === "release-regression");
  assert.deepEqual([failing?.release?.version, failing?.release?.isQuiet], ["3.5.0", false]);
});
