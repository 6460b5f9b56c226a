import assert from "node:assert/strict";
import { after } from "node:test";
import { test } from "../parts/test.ts";
import type { Backend } from "./backends/backend.ts";
import { openExpress4, openExpress5 } from "./backends/express.ts";
import { openFastify } from "./backends/fastify.ts";
import { openHono } from "./backends/hono.ts";
import { openKoa } from "./backends/koa.ts";
import { openNest } from "./backends/nest.ts";
import { openFlask, openNginx, openPhp, openUnderGunicorn } from "./backends/outside.ts";
import { difference, judgedOf, readReport } from "./judged.ts";
import { type JudgingGate, openJudgingGate } from "./judging-gate.ts";
import { mutate } from "./mutations.ts";
import { seeded } from "./random.ts";
import { bytesOf, ordinary, type RawRequest } from "./raw-request.ts";
import { unreadable } from "./report.ts";

/** How many requests each framework is asked. */
const requests = Number(process.env["PORTCULLIS_TEST_DIFFERENTIAL"] ?? 400);
const seed = Number(process.env["PORTCULLIS_TEST_SEED"] ?? 11);

interface Row {
  readonly framework: string;
  requests: number;
  passed: number;
  refused: number;
  /** Let through, and answered by no handler. */
  unanswered: number;
  readonly disagreements: string[];
}

const rows: Row[] = [];
after(() => console.log(tableOf(rows)));

/** Asks a framework the same requests behind two gates: one is told its dialect, one is not. */
async function compare(framework: string, dialect: string, backend: Backend): Promise<void> {
  const row: Row = {
    framework,
    requests: 0,
    passed: 0,
    refused: 0,
    unanswered: 0,
    disagreements: [],
  };
  rows.push(row);
  const gates = [
    await openJudgingGate(backend.target, undefined),
    await openJudgingGate(backend.target, dialect),
  ];
  const random = seeded(seed);
  try {
    for (let count = 0; count < requests; count += 1) {
      const request = ordinary(random);
      if (count % 8 !== 0) mutate(request, random);
      await ask(request, gates[count % 2] as JudgingGate, row);
    }
  } finally {
    for (const gate of gates) await gate.close();
    await backend.close();
  }
  assert.deepEqual(row.disagreements.slice(0, 5), []);
  assert.ok(row.passed > requests / 8, `${row.passed} of ${requests} passed`);
}

async function ask(request: RawRequest, gate: JudgingGate, row: Row): Promise<void> {
  const bytes = bytesOf(request);
  const outcome = await gate.send(bytes);
  row.requests += 1;
  const { answered } = outcome;
  if (answered === undefined) {
    row.refused += 1;
    return;
  }
  row.passed += 1;
  if (answered.status !== 200 && answered.status !== 201) {
    row.unanswered += 1;
    return;
  }
  if (request.method === "HEAD") return;
  const understood = readReport(answered.text);
  if (JSON.stringify(understood).includes(unreadable)) {
    row.unanswered += 1;
    return;
  }
  const sentBody = request.body === undefined ? undefined : Buffer.from(request.body, "latin1");
  const wrong = difference(judgedOf(outcome, sentBody), understood);
  if (wrong === undefined) return;
  row.disagreements.push(
    `${wrong} [${request.families.join(", ")}] ${bytes.toString("latin1").slice(0, 400)}`,
  );
}

function tableOf(all: readonly Row[]): string {
  const columns = ["framework", "requests", "passed", "refused", "no handler", "disagreements"];
  const lines = all.map((row) => [
    row.framework,
    row.requests,
    row.passed,
    row.refused,
    row.unanswered,
    row.disagreements.length,
  ]);
  return [columns, ...lines]
    .map((line) => line.map((cell, at) => String(cell).padEnd(at === 0 ? 20 : 14)).join(""))
    .join("\n");
}

const reads = (framework: string): string =>
  `what the gate has judged is what ${framework} reads, of every request that passes`;

for (const [framework, dialect, open] of [
  ["Express 4", "express", openExpress4],
  ["Express 5", "express", openExpress5],
  ["Fastify", "fastify", openFastify],
  ["Koa", "express", openKoa],
  ["Hono", "fastify", openHono],
  ["Nest", "express", openNest],
] as const)
  test(reads(framework), async () => compare(framework, dialect, await open()));

test(reads("PHP"), { needs: ["php"] }, async ({ php }) =>
  compare("PHP", "laravel", await openPhp(php)),
);
test(reads("nginx"), { needs: ["nginx"] }, async ({ nginx }) =>
  compare("nginx", "nginx", await openNginx(nginx)),
);
test(reads("Django"), { needs: ["django"] }, async ({ django }) =>
  compare("Django, gunicorn", "django", await openUnderGunicorn(django, "django_backend")),
);
test(reads("Flask behind gunicorn"), { needs: ["flask"] }, async ({ flask }) =>
  compare("Flask, gunicorn", "flask", await openUnderGunicorn(flask, "flask_backend")),
);
test(reads("Flask behind its own server"), { needs: ["flask"] }, async ({ flask }) =>
  compare("Flask, werkzeug", "flask", await openFlask(flask)),
);
