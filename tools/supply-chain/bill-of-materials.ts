import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Packed } from "../pack-packages.ts";
import { publishedPackages } from "../published-packages.ts";
import { type Lock, type LockEntry, resolveDependency } from "./lock-file.ts";

/** A component of a bill of materials, in the words of CycloneDX 1.6. */
export interface Component {
  readonly type: "application" | "library";
  readonly "bom-ref": string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly scope?: "required" | "optional";
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses: readonly object[];
  readonly purl: string;
}

/** What one package brings with it when it is installed (CycloneDX 1.6). */
export interface BillOfMaterials {
  readonly $schema: string;
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly serialNumber: string;
  readonly version: 1;
  readonly metadata: { readonly timestamp: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** One package among those that are shipped. */
interface Shipped {
  readonly folder: string;
  readonly component: Component;
  readonly dependsOn: readonly string[];
}

/** @param packed every package as it is published: a bill names the bytes of each that it needs */
export function billOfMaterials(
  lock: Lock,
  { name }: Pick<Packed, "name">,
  packed: readonly Packed[],
  at: Date,
): BillOfMaterials {
  const folders = new Map(publishedPackages().map((one) => [one.folder, one.name]));
  const own = [...folders].find(([, one]) => one === name)?.[0];
  if (own === undefined) throw new Error(`'${name}' is not a package of this repository`);
  const tarballs = new Map(packed.map((one) => [one.name, one.tarball]));
  const shipped = new Map<string, Shipped>();
  const visit = (folder: string, isOptional: boolean): void => {
    const known = shipped.get(folder);
    // What one package may do without is needed all the same where another needs it.
    if (known !== undefined && (isOptional || known.component.scope !== "optional")) return;
    const entry = lock.get(folder);
    if (entry?.version === undefined) throw new Error(`package-lock.json does not hold ${folder}`);
    const needed = dependenciesOf(lock, folder, entry);
    const tarball = tarballs.get(folders.get(folder) ?? "");
    const found = nameOf(folder, entry, folders);
    shipped.set(folder, {
      folder,
      component: {
        ...componentOf(found, entry, tarball),
        type: folder === "packages/server" ? "application" : "library",
        scope: isOptional ? "optional" : "required",
      },
      dependsOn: needed.map((one) => one.folder),
    });
    for (const one of needed) visit(one.folder, isOptional || one.isOptional);
  };
  visit(own, false);
  const all = [...shipped.values()].sort((a, b) =>
    a.component.purl.localeCompare(b.component.purl),
  );
  const refOf = (folder: string): string => (shipped.get(folder) as Shipped).component["bom-ref"];
  const { scope: _, ...component } = (shipped.get(own) as Shipped).component;
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${randomUUID()}`,
    version: 1,
    metadata: { timestamp: at.toISOString(), component },
    components: mergeRefs(all.filter(({ folder }) => folder !== own)),
    dependencies: mergeDependencies(all, refOf),
  };
}

/** One version that is installed at several places is one component. */
function mergeRefs(all: readonly Shipped[]): Component[] {
  const byRef = new Map<string, Component>();
  for (const { component } of all) {
    const known = byRef.get(component["bom-ref"]);
    if (known === undefined || known.scope === "optional")
      byRef.set(component["bom-ref"], component);
  }
  return [...byRef.values()];
}

function mergeDependencies(
  all: readonly Shipped[],
  refOf: (folder: string) => string,
): BillOfMaterials["dependencies"] {
  const byRef = new Map<string, Set<string>>();
  for (const { component, dependsOn } of all) {
    const refs = byRef.get(component["bom-ref"]) ?? new Set();
    for (const folder of dependsOn) refs.add(refOf(folder));
    byRef.set(component["bom-ref"], refs);
  }
  return [...byRef].map(([ref, refs]) => ({ ref, dependsOn: [...refs].sort() }));
}

function dependenciesOf(
  lock: Lock,
  from: string,
  { dependencies = {}, optionalDependencies = {}, ...entry }: LockEntry,
): { readonly folder: string; readonly isOptional: boolean }[] {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = entry;
  const names = new Map<string, boolean>();
  for (const name of Object.keys(peerDependencies))
    names.set(name, peerDependenciesMeta[name]?.optional === true);
  for (const name of Object.keys(dependencies)) names.set(name, false);
  for (const name of Object.keys(optionalDependencies)) names.set(name, true);
  return [...names].flatMap(([name, isOptional]) => {
    const folder = resolveDependency(lock, from, name);
    if (folder !== undefined) return [{ folder, isOptional }];
    if (isOptional) return [];
    throw new Error(`package-lock.json does not hold '${name}', which ${from} needs`);
  });
}

const nameOf = (folder: string, { name }: LockEntry, own: ReadonlyMap<string, string>): string =>
  own.get(folder) ?? name ?? folder.slice(folder.lastIndexOf("node_modules/") + 13);

function componentOf(
  name: string,
  { integrity, license, version = "" }: LockEntry,
  tarball: string | undefined,
): Omit<Component, "type" | "scope"> {
  const [scope, rest] = name.startsWith("@") ? name.split("/", 2) : [undefined, name];
  const purl = `pkg:npm/${scope === undefined ? "" : `${encodeURIComponent(scope)}/`}${rest}@${encodeURIComponent(version)}`;
  return {
    "bom-ref": purl,
    ...(scope === undefined ? {} : { group: scope }),
    name: rest,
    version,
    hashes: hashesOf(integrity, tarball),
    licenses: licensesOf(license),
    purl,
  };
}

const algorithms: Readonly<Record<string, string>> = {
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
};

/** Of an own package the bytes as they were packed; of another's what the lock holds it to. */
function hashesOf(integrity: string | undefined, tarball: string | undefined) {
  if (tarball !== undefined) {
    const content = createHash("sha512").update(readFileSync(tarball)).digest("hex");
    return [{ alg: "SHA-512", content }];
  }
  return (integrity ?? "").split(" ").flatMap((one) => {
    const [algorithm = "", digest = ""] = one.split(/-(.*)/s, 2);
    const alg = algorithms[algorithm];
    return alg === undefined
      ? []
      : [{ alg, content: Buffer.from(digest, "base64").toString("hex") }];
  });
}

/** A name of SPDX, an expression of several, or whatever the package calls it. */
function licensesOf(license: string | undefined): readonly object[] {
  if (license === undefined) return [];
  if (/ (?:AND|OR|WITH) /.test(license)) return [{ expression: license }];
  return [{ license: /^[A-Za-z0-9.+-]+$/.test(license) ? { id: license } : { name: license } }];
}
