import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chooseTls, hstsOf } from "./choose-tls.ts";

type Listen = Parameters<typeof chooseTls>[0];

const folder = mkdtempSync(join(tmpdir(), "portcullis-tls-"));
const chosen = (listen: Listen, environment = {}): ReturnType<typeof chooseTls> =>
  chooseTls(listen, folder, join(folder, "state"), environment);

test("TLS 1.3 is the least, unless the policy itself asks for an older one", async () => {
  for (const listen of [undefined, {}, { port: 1 }, { tls: {} }])
    assert.equal((await chosen(listen as Listen))?.minVersion, "TLSv1.3", JSON.stringify(listen));
  assert.equal((await chosen({ tls: { minVersion: "TLSv1.2" } }))?.minVersion, "TLSv1.2");
  assert.equal(await chosen({ tls: "off" }), undefined);
});

test("in production a certificate that only this machine trusts is refused, even one that is there", async () => {
  await chosen(undefined);
  await assert.rejects(
    chosen(undefined, { PORTCULLIS_ENV: "production" }),
    /refuses one that only/,
  );
});

test("a certificate without its key is refused, and so is a key without its certificate", async () => {
  for (const tls of [{ cert: "a.crt" }, { key: "a.key" }])
    await assert.rejects(chosen({ tls }), /Name both/);
});

test("what only this machine trusts does not lock its other ports out of http", async () => {
  assert.equal(hstsOf(undefined, await chosen(undefined)), undefined);
  assert.equal(hstsOf(undefined, undefined), "max-age=31536000");
});
