import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { promisify } from "node:util";
import type { IdentityGate } from "../../identity/identity-gate.ts";
import { findPart } from "../../parts/part.ts";
import { parts } from "../../parts/parts.ts";
import { test } from "../../parts/test.ts";
import { startClientGate } from "../phone.ts";
import { type AppParts, buildApp, type BuiltApp } from "./build-app.ts";
import { type Outcome, runInBareV8, runInHermes } from "./engines.ts";
import { worldAt } from "./world.ts";

/** The page's example, as it is but for the names of its service, in the engines of phones. */
export function testOnPhones(title: string, made: Omit<AppParts, "packages">): void {
  let gate: IdentityGate;
  let built: Promise<BuiltApp>;

  before(async () => {
    const found = findPart("phones", parts.phones);
    if ("missing" in found) return;
    gate = await startClientGate();
    const sample = made.sample
      .replace("https://api.harbour.example", gate.origin)
      .replace('"harbour-app"', '"notes-app"')
      .replace("com.harbour.app:", "com.notes.app:")
      .replace('"accounts:read"', '"notes:read", "notes:write"');
    built = buildApp({ ...made, sample, packages: found.place });
    await built.catch(() => undefined);
  });
  after(() => gate?.close());

  const holds = ({ fault, report }: Outcome, sent: readonly string[]): void => {
    assert.equal(fault, undefined);
    const { lacks, ...rest } = report as Readonly<Record<string, Record<string, string>>>;
    assert.deepEqual(rest, {
      screen: ["starting", "signed-out", "signed-in string"],
      read: 200,
      written: [201, "object"],
      claims: ["notes-app", "string"],
      lost: [true, "unknown", '{"text":"lost"}'],
      seen: ["signed-in", "signed-out"],
      signedIn: false,
      fetch: "true",
    });
    // The faults of before are still to be had: this is what the platform lacks.
    assert.equal(lacks?.["timeout"], "no timeout");
    assert.ok(["absent", "no subtle"].includes(lacks["subtle"] as string));
    assert.ok(["absent", "no randomUUID"].includes(lacks["randomUUID"] as string));
    assert.equal(sent.filter((one) => one === "POST /notes").length, 2);
  };

  test(`${title} signs in, reads, writes and signs out where the engine has nothing of the web`, {
    needs: ["phones"],
    timeout: 170_000,
  }, async () => {
    const { sent, world } = worldAt(gate);
    holds(await runInBareV8(await built, world), sent);
  });

  test(`React Native's own compiler for Hermes takes ${title}`, {
    needs: ["phones"],
  }, async ({ phones }) => {
    const compiler = join(phones, "react-native", "sdks", "hermesc", "linux64-bin", "hermesc");
    const { bundle, folder } = await built;
    const [text, out] = [join(folder, "main.jsbundle"), join(folder, "main.hbc")];
    writeFileSync(text, bundle);
    await promisify(execFile)(compiler, ["-w", "-emit-binary", "-O", "-out", out, text]);
    assert.ok(statSync(out).size > 100_000);
  });

  test(`${title} does the same in Hermes`, {
    needs: ["phones"],
    timeout: 170_000,
  }, async ({ phones }) => {
    const { sent, world } = worldAt(gate);
    const hermes = join(phones, "hermes-engine-cli", "linux64-bin", "hermes");
    const app = await built;
    holds(await runInHermes(hermes, app.folder, app, world), sent);
  });
}
