import assert from "node:assert/strict";
import { test } from "../parts/test.ts";
import { simulate } from "./simulation.ts";

const devices = Number(process.env["PORTCULLIS_TEST_DEVICES"] ?? 30);
const days = Number(process.env["PORTCULLIS_TEST_DAYS"] ?? 3);
/** SQLite, or PostgreSQL where PORTCULLIS_TEST_STORE=postgres. */
const needs: readonly "postgres"[] =
  process.env["PORTCULLIS_TEST_STORE"] === "postgres" ? ["postgres"] : [];

test(
  "on a hostile network nobody is signed out, nothing is taken for theft, and every device has one live token",
  {
    needs,
    timeout: 3_600_000,
  },
  async ({ postgres }, context) => {
    const store = needs.length === 0 ? "sqlite" : postgres;
    const result = await simulate({ devices, days, store, strictRotation: false, seed: 7 });
    context.diagnostic(JSON.stringify(result));
    assert.ok(result.refreshes > devices * days * 5, JSON.stringify(result));
    assert.ok(result.lostAnswers > 0 && result.kills > 0, JSON.stringify(result));
    assert.deepEqual(
      [result.signOuts, result.incidents, result.wrongLeaves],
      [0, 0, 0],
      JSON.stringify(result),
    );
  },
);

test(
  "the same days with strict rotation sign people out, or this would prove nothing",
  {
    needs,
    timeout: 3_600_000,
  },
  async ({ postgres }, context) => {
    const store = needs.length === 0 ? "sqlite" : postgres;
    const result = await simulate({ devices, days, store, strictRotation: true, seed: 7 });
    context.diagnostic(JSON.stringify(result));
    assert.ok(result.signOuts > 0, JSON.stringify(result));
  },
);
