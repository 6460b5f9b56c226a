import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { publishedPackages } from "../../tools/published-packages.ts";
import { billOfMaterials, type Component } from "../../tools/supply-chain/bill-of-materials.ts";
import { installedPackages, readLock } from "../../tools/supply-chain/lock-file.ts";

const folder = mkdtempSync(join(tmpdir(), "portcullis-bill-"));
const packages = publishedPackages();
/** In place of what is packed: its bytes are hashed, and not looked into. */
const packed = packages.map(({ manifest: { name, version } }) => {
  const tarball = join(folder, `${name.replaceAll(/\W+/g, "-")}.tgz`);
  writeFileSync(tarball, name);
  return { name, version, tarball };
});
const lock = readLock();
const at = new Date("2026-01-02T03:04:05Z");
const bills = packed.map((one) => ({ one, bill: billOfMaterials(lock, one, packed, at) }));
const purlOf = (name: string, version: string): string =>
  `pkg:npm/${name.replace("@", "%40")}@${version}`;
const hexLengths: Readonly<Record<string, number>> = {
  "SHA-256": 64,
  "SHA-384": 96,
  "SHA-512": 128,
};

test("a bill of materials is CycloneDX 1.6: its head, references that are one and lead somewhere, hashes of their length", () => {
  for (const { bill, one } of bills) {
    assert.deepEqual(
      [bill.bomFormat, bill.specVersion, bill.version, bill.metadata.timestamp],
      ["CycloneDX", "1.6", 1, "2026-01-02T03:04:05.000Z"],
    );
    assert.match(bill.serialNumber, /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const all = [bill.metadata.component, ...bill.components];
    const refs = all.map((component) => component["bom-ref"]);
    assert.equal(new Set(refs).size, refs.length, one.name);
    assert.deepEqual(
      bill.dependencies.map(({ ref }) => ref).toSorted((a, b) => a.localeCompare(b)),
      refs.toSorted((a, b) => a.localeCompare(b)),
    );
    for (const { dependsOn, ref } of bill.dependencies) {
      assert.equal(new Set(dependsOn).size, dependsOn.length, ref);
      for (const to of dependsOn) assert.ok(refs.includes(to), `${ref} leads to ${to}`);
    }
    for (const component of all) holdsToForm(component);
  }
});

function holdsToForm({ group, hashes, licenses, name, purl, type, version }: Component): void {
  assert.ok(["application", "library"].includes(type), purl);
  assert.equal(purl, purlOf(group === undefined ? name : `${group}/${name}`, version));
  assert.ok(hashes.length > 0, `${purl} has no hash`);
  for (const { alg, content } of hashes) {
    assert.match(content, /^[0-9a-f]+$/, purl);
    assert.equal(content.length, hexLengths[alg], `${purl} ${alg}`);
  }
  assert.ok(licenses.length > 0, `${purl} has no licence`);
  const forms = licenses.map((one) => Object.keys(one).join());
  assert.ok(forms.join() === "expression" || forms.every((form) => form === "license"), purl);
}

test("it names every package that is installed with the published one, held to the lock's bytes, and no other", () => {
  // One version may be installed at several places, for what is shipped and for tests.
  const installed = Map.groupBy(installedPackages(lock), ({ name, version }) =>
    purlOf(name, version),
  );
  const own = new Map(packed.map(({ name, tarball, version }) => [purlOf(name, version), tarball]));
  for (const { bill, one } of bills) {
    const manifest = packages.find(({ name }) => name === one.name)?.manifest;
    assert.equal(bill.metadata.component.purl, purlOf(one.name, one.version));
    const names = bill.components.map(({ group, name }) =>
      group === undefined ? name : `${group}/${name}`,
    );
    for (const name of Object.keys(manifest?.dependencies ?? {}))
      assert.ok(names.includes(name), `${one.name} without ${name}`);
    for (const { hashes, purl } of bill.components) {
      const places = installed.get(purl);
      const tarball = own.get(purl);
      assert.ok((places === undefined) !== (tarball === undefined), purl);
      if (places === undefined) continue;
      assert.ok(
        places.some(({ entry }) => entry.dev !== true),
        `${purl} is for tests and tools`,
      );
      const integrity = `sha512-${Buffer.from(hashes[0]?.content ?? "", "hex").toString("base64")}`;
      for (const { entry } of places) assert.equal(entry.integrity, integrity, purl);
    }
  }
});

test("of an own package the bill holds the bytes as they were packed", () => {
  const server = bills.find(({ one }) => one.name === "portcullis")?.bill;
  const guard = server?.components.find(
    ({ group, name }) => `${group}/${name}` === "@portcullis/guard",
  );
  const bytes = createHash("sha512").update("@portcullis/guard").digest("hex");
  assert.deepEqual(guard?.hashes, [{ alg: "SHA-512", content: bytes }]);
  assert.equal(server?.metadata.component.type, "application");
  const client = bills.find(({ one }) => one.name === "@portcullis/client")?.bill;
  assert.deepEqual(
    client?.components.filter(({ scope }) => scope === "required"),
    [],
    "the client has no dependency",
  );
});

test("a package that is not of this repository has no bill here", () => {
  assert.throws(() => billOfMaterials(lock, { name: "left-pad" }, packed, at), /not a package/);
});
