import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import type { Packed } from "../../tools/pack-packages.ts";

interface Version {
  readonly version: string;
  /** What npm is told of it: its own package.json. */
  readonly manifest: object;
  /** Makes its tarball. */
  pack(): Buffer;
}

/** A registry at 127.0.0.1 with the packages that were packed, and all that the repository installed. */
export interface LocalRegistry {
  readonly url: string;
  close(): void;
}

/**
 * npm installs from it as from any other, without a network. A dependency that a package does not
 * name is missing there, though the repository has it.
 */
export async function startLocalRegistry(
  root: string,
  packed: readonly Packed[],
): Promise<LocalRegistry> {
  const versions = new Map<string, Version[]>();
  const add = (name: string, version: Version): void =>
    void versions.set(name, [...(versions.get(name) ?? []), version]);
  for (const { name, tarball, version } of packed)
    add(name, { version, manifest: manifestIn(tarball), pack: () => readFileSync(tarball) });
  for (const folder of installedFolders(root)) {
    const manifest = readManifest(readFileSync(join(folder, "package.json"), "utf8"));
    const pack = (): Buffer => tar(["-C", dirname(folder), "-cz", basename(folder)]);
    add(manifest.name, { version: manifest.version, manifest, pack });
  }
  const server = createServer((request, response) => {
    // /ajv, /@scope%2fname, and /-/name/version for a tarball.
    const [, dash, first = "", second = ""] = (request.url ?? "").split("/");
    const isTarball = dash === "-";
    const name = decodeURIComponent(isTarball ? first : (dash ?? ""));
    const found = versions.get(name);
    const chosen = found?.find(({ version }) => version === second);
    if (found === undefined || (isTarball && chosen === undefined)) response.writeHead(404).end();
    else if (chosen !== undefined) response.end(chosen.pack());
    else response.end(JSON.stringify(documentOf(name, found)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function documentOf(name: string, found: readonly Version[]): object {
    const rows = found.map(({ manifest, version }) => {
      const tarball = `${url}/-/${encodeURIComponent(name)}/${version}`;
      return [version, { ...manifest, dist: { tarball } }] as const;
    });
    const [[latest]] = rows as [(typeof rows)[number]];
    return { name, "dist-tags": { latest }, versions: Object.fromEntries(rows) };
  }

  return {
    url,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Every package that npm has installed here, nested ones too; not the repository's own. */
function installedFolders(root: string): string[] {
  const lock = JSON.parse(
    readFileSync(join(root, "node_modules", ".package-lock.json"), "utf8"),
  ) as {
    packages: Readonly<Record<string, { link?: boolean }>>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { link }]) => path.startsWith("node_modules/") && link !== true)
    .map(([path]) => join(root, path));
}

function readManifest(text: string): { name: string; version: string } {
  return JSON.parse(text) as { name: string; version: string };
}

const manifestIn = (tarball: string): object =>
  readManifest(tar(["-xzOf", tarball, "package/package.json"]).toString());

const tar = (args: readonly string[]): Buffer =>
  execFileSync("tar", args, { maxBuffer: 512 * 1024 * 1024 });
