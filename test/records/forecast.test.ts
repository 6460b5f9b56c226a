import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { run as runForecast } from "../../packages/server/src/cli/verbs/forecast.ts";
import { type Bank, signed, startBank } from "../callers/bank-of-sources.ts";

let bank: Bank;
before(async () => {
  bank = await startBank(
    "people: { jwt: { algorithm: HS256, secret: { env: JWT_SECRET } }, claims: { sub: /sub } }",
    {},
    `store: ./kept.db
record: { fields: [subject], keep: { raw: 3d } }
operations: [{ match: listThings, mode: observe }]`,
  );
});
after(() => bank.close());

/** What each of the builds sends, by whom: whether the document declares all of it. */
const traffic = ["3.2.0", "3.3.0", "3.4.0", "3.5.1", ""].flatMap((version) =>
  Array.from({ length: 12 }, (_, index) => ({
    version,
    subject: `person-${index}`,
    isDeclared: version >= "3.4" || (version === "3.3.0" && index > 4),
  })),
);
type Sent = (typeof traffic)[number];

/** By build: how many were refused. */
async function send(): Promise<Record<string, number>> {
  const refused: Record<string, number> = {};
  await Promise.all(
    traffic.map(async ({ isDeclared, subject, version }: Sent) => {
      const token = signed({ sub: subject, exp: Math.floor(Date.now() / 1000) + 3600 });
      const { status } = await bank.ask(isDeclared ? "/things" : "/things?debug=1", {
        Authorization: `Bearer ${token}`,
        ...(version === "" ? {} : { "Portcullis-App": `harbour-ios/${version}` }),
      });
      if (status !== 200) refused[version] = (refused[version] ?? 0) + 1;
    }),
  );
  return refused;
}

interface Counted {
  readonly version?: string;
  readonly requests: number;
  readonly people: number;
}
interface Step extends Counted {
  readonly words: string;
  readonly app?: string;
  readonly percent?: number;
  readonly isExact: boolean;
  readonly isHeld: boolean;
  readonly builds: readonly Counted[];
}
interface Told {
  readonly requests: number;
  readonly controls: readonly {
    readonly control: string;
    readonly mode: string;
    readonly next: number;
    readonly isExact: boolean;
    readonly builds: readonly (Counted & { readonly seen: number })[];
    readonly steps: readonly Step[];
    readonly switches: readonly { readonly id: string }[];
  }[];
}

/** From the store: it is a moment after a start that it answers. */
async function forecast(): Promise<Told> {
  for (;;) {
    const told = JSON.parse(
      await bank.admin("/forecast?operation=listThings&control=request&since=30m"),
    ) as Partial<Told>;
    if (told.controls !== undefined) return told as Told;
    await pause(50);
  }
}

/** By build, as `send` counts. */
const byBuild = (counted: readonly Counted[]): Record<string, number> =>
  Object.fromEntries(
    counted.flatMap(({ requests, version = "" }) => (requests > 0 ? [[version, requests]] : [])),
  );

async function change(method: string, path: string, body?: object): Promise<{ id: string }> {
  const token = await import("node:fs").then(({ readFileSync }) =>
    readFileSync(bank.gate.adminTokenFile, "utf8").trim(),
  );
  const answer = await fetch(`http://127.0.0.1:${bank.gate.adminPort}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const said = (await answer.json()) as { id: string };
  assert.ok(answer.ok, JSON.stringify(said));
  return said;
}

/** Threads hold a switch within a second: it is there when one request is judged by it. */
async function untilRefused(isRefused: boolean): Promise<void> {
  const token = signed({ sub: "person-0", exp: Math.floor(Date.now() / 1000) + 3600 });
  for (let alike = 0; alike < 8; ) {
    const { status } = await bank.ask("/rates?debug=1", { Authorization: `Bearer ${token}` });
    alike = (status !== 200) === isRefused ? alike + 1 : 0;
    if (alike === 0) await pause(20);
  }
}

test("what is refused after each step of the ladder is what the forecast says, build by build, and undo stops it", async () => {
  assert.deepEqual(await send(), {}, "it is observed");
  let told = await forecast();
  while (
    (told.controls[0]?.builds.reduce((sum, { seen }) => sum + seen, 0) ?? 0) < traffic.length
  ) {
    await pause(50);
    told = await forecast();
  }
  const [control] = told.controls;
  assert.ok(control !== undefined);
  assert.deepEqual([control.mode, control.isExact, control.next], ["observe", true, 0]);
  assert.deepEqual(byBuild(control.builds), { "3.2.0": 12, "3.3.0": 5, "": 12 });
  assert.deepEqual(
    control.builds.map(({ people, version = "" }) => `${version} ${people}`).toSorted(),
    [" 12", "3.2.0 12", "3.3.0 5", "3.4.0 0", "3.5.1 0"],
  );
  assert.deepEqual(
    control.steps.map(({ app, isExact, isHeld, percent }) => [app, percent, isExact, isHeld]),
    [
      [">=3.4.0", undefined, true, false],
      [undefined, 25, true, false],
      [undefined, undefined, true, false],
    ],
  );
  const quarter = byBuild(control.steps[1]?.builds ?? [])["3.2.0"] ?? 0;
  assert.ok(quarter > 0 && quarter < 12, `${quarter} of 12 are in the first quarter`);
  for (const { app, builds, percent } of control.steps) {
    const rest = { state: "enforce", control: "request", reason: "the walk" };
    const one = await change("POST", "/switches", {
      ...rest,
      operation: "listThings",
      ...(app === undefined ? {} : { app }),
      ...(percent === undefined ? {} : { percent }),
    });
    // Switches go to the threads in the order of their making: when this one holds, so does that.
    const mark = await change("POST", "/switches", { ...rest, operation: "getRates" });
    await untilRefused(true);
    assert.deepEqual(await send(), byBuild(builds), app ?? `${percent ?? 100} %`);
    await change("DELETE", `/switches/${one.id}`);
    await change("DELETE", `/switches/${mark.id}`);
    const off = await change("POST", "/switches", { ...rest, operation: "getRates", state: "off" });
    await untilRefused(false);
    assert.deepEqual(await send(), {}, "it was taken back");
    await change("DELETE", `/switches/${off.id}`);
  }
});

test("a step that is taken is held, and the next says what it adds to it", async () => {
  const one = await change("POST", "/switches", {
    operation: "listThings",
    state: "enforce",
    control: "request",
    percent: 25,
    reason: "a quarter",
  });
  const [control] = (await forecast()).controls;
  assert.ok(control !== undefined);
  assert.equal(control.mode, "staged");
  assert.deepEqual(
    control.switches.map(({ id }) => id),
    [one.id],
  );
  assert.deepEqual(
    control.steps.map(({ isHeld }) => isHeld),
    [false, true, false],
  );
  const sum = (index: number): number => control.steps[index]?.requests ?? Number.NaN;
  const all = control.builds.reduce((total, { requests }) => total + requests, 0);
  assert.equal(sum(1), 0);
  assert.ok(sum(2) > 0 && sum(2) < all);
  await change("DELETE", `/switches/${one.id}`);
});

test("what is ready to be enforced has refused nobody, and the command line says all of it", async () => {
  const ready = JSON.parse(await bank.admin("/ready?since=30m")) as {
    items: { operation: string; control: string; words: string }[];
  };
  const words = ready.items.map(({ control, operation, words: step }) =>
    [operation, control, step].join(" "),
  );
  assert.ok(words.includes("listThings request enforce for builds >=3.4.0"), words.join("\n"));
  assert.ok(words.includes("listThings authentication enforce for all"), words.join("\n"));
  let out = "";
  const tell = (text: string): void => void (out += `${text}\n`);
  const values = {
    admin: `http://127.0.0.1:${bank.gate.adminPort}`,
    directory: join(bank.directory, "state"),
    control: "request",
    since: "30m",
  };
  const terminal = { out: tell, error: tell };
  assert.equal(await runForecast({ values, words: ["listThings"] }, {}, terminal), 0);
  assert.match(out, /harbour-ios 3\.3\.0 /);
  assert.match(
    out,
    /Next: portcullis switch listThings enforce --control request --app '>=3\.4\.0' --why TEXT/,
  );
  await assert.rejects(
    runForecast({ values, words: ["nothing"] }, {}, terminal),
    /no such operation/,
  );
  assert.match(await bank.admin("/forecast?operation=listThings&since=7"), /is no duration/);
});

test("operations are told of with what guards them now, what came of it and what stands open", async () => {
  const told = JSON.parse(await bank.admin("/operations?since=30m")) as {
    items: {
      name: string;
      requests?: number;
      p95Ms?: number;
      hours?: number[];
      cells: Record<string, { mode: string; observed: number; enforced: number; rule?: string }>;
    }[];
  };
  const things = told.items.find(({ name }) => name === "listThings");
  assert.ok((things?.requests ?? 0) >= traffic.length && (things?.p95Ms ?? 0) > 0);
  assert.equal(things?.hours?.at(-1) !== undefined, true);
  assert.equal(things?.cells["request"]?.mode, "observe");
  assert.ok((things?.cells["request"]?.observed ?? 0) > 0);
  assert.ok((things?.cells["request"]?.enforced ?? 0) > 0);
  assert.equal(things?.cells["ownership"]?.rule, "-");
  assert.equal(told.items.find(({ name }) => name === "getMe")?.cells["request"]?.mode, "enforce");
});
