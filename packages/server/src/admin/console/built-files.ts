import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";

/** A file of the console as it is sent, read once at the start. */
export interface BuiltFile {
  readonly mediaType: string;
  readonly cacheControl: string;
  readonly etag: string;
  readonly body: Buffer;
  /** The same, compressed when it was built; undefined where that was not done, or saves nothing. */
  readonly brotli: Buffer | undefined;
}

/** By the path of its address. Whatever is not in here is not served. */
export type BuiltFiles = ReadonlyMap<string, BuiltFile>;

const mediaTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webp": "image/webp",
};

/** What the build leaves beside its files, and no page asks for. */
const notServed = /(?:^|\/)(?:manifest\.json|\..*)$|\.(?:br|map)$/;

const manifestName = "manifest.json";

/** A name with a hash of its content never means anything else. */
const immutable = "public, max-age=31536000, immutable";
const askedAgain = "no-cache";

/** Where the console lies: built into this package, or as its own build has left it in a checkout. */
export function consoleFolder(): string | undefined {
  const packaged = join(import.meta.dirname, "../../console");
  const ofCheckout = join(import.meta.dirname, "../../../../console/dist");
  const places = import.meta.filename.endsWith(".ts") ? [ofCheckout] : [packaged];
  return places.find((folder) => existsSync(join(folder, manifestName)));
}

/**
 * Reads everything that the console's build has left.
 *
 * @throws Error where a file is missing or of a kind that is not known, in words for a person
 */
export function readBuiltFiles(folder: string): BuiltFiles {
  const hashed = hashedFiles(folder);
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  const missing = [...hashed, "index.html"].find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new Error(`${join(folder, missing)} is missing: the console was not built whole`);
  return new Map(
    names
      .filter((name) => !notServed.test(name))
      .map((name) => [`/${name}`, readOne(folder, name, hashed.has(name))]),
  );
}

function readOne(folder: string, name: string, isHashed: boolean): BuiltFile {
  const file = join(folder, name);
  const mediaType = mediaTypes[extname(name)];
  if (mediaType === undefined)
    throw new Error(`${file} is of a kind that the console does not serve`);
  const body = readFileSync(file);
  const brotli = existsSync(`${file}.br`) ? readFileSync(`${file}.br`) : undefined;
  return {
    mediaType,
    cacheControl: isHashed ? immutable : askedAgain,
    etag: `"${createHash("sha256").update(body).digest("base64url")}"`,
    body,
    brotli: brotli !== undefined && brotli.length < body.length ? brotli : undefined,
  };
}

interface Chunk {
  readonly file?: string;
  readonly css?: readonly string[];
  readonly assets?: readonly string[];
}

/** The files whose names carry a hash of their content, by the build's own manifest. */
function hashedFiles(folder: string): ReadonlySet<string> {
  const manifest = JSON.parse(readFileSync(join(folder, manifestName), "utf8")) as Readonly<
    Record<string, Chunk>
  >;
  return new Set(
    Object.values(manifest).flatMap(({ assets = [], css = [], file }) => [
      ...(file === undefined ? [] : [file]),
      ...css,
      ...assets,
    ]),
  );
}
