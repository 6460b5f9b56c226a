import { compareVersions, isInRange } from "./versions.ts";

/** What is known to be wrong with some versions of a package. */
export interface Advisory {
  readonly id: string;
  /** Other names of the same: an entry of the allow-list may use any. */
  readonly aliases: readonly string[];
  readonly package: string;
  readonly summary: string;
  readonly affects: (version: string) => boolean;
}

/** Thrown where a file is no export of advisories: it must not be taken for one that holds none. */
export class ExportFault extends Error {}

/**
 * Reads an export of advisories: `npm audit --json`, or OSV's format, alone, in a list, as `vulns`, or
 * as osv-scanner writes it.
 *
 * @throws ExportFault
 */
export function readAdvisories(text: string): Advisory[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ExportFault("it is not JSON");
  }
  if (isObject(value) && isObject(value["vulnerabilities"])) return ofNpm(value["vulnerabilities"]);
  const entries = osvEntries(value);
  if (entries === undefined)
    throw new ExportFault("it is neither what `npm audit --json` writes nor OSV's format");
  return entries.flatMap(ofOsv);
}

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Each package's own advisories; those of what it depends on stand there by name alone. */
function ofNpm(vulnerabilities: Fields): Advisory[] {
  const found = Object.values(vulnerabilities).flatMap((one) =>
    listOf(isObject(one) ? one["via"] : undefined).filter(isObject),
  );
  const byKey = new Map(
    found.map((via) => [`${String(via["source"])} ${textOf(via["name"])}`, via]),
  );
  return [...byKey.values()].map((via) => {
    const [named] = /GHSA(?:-[0-9a-z]{4}){3}/.exec(textOf(via["url"])) ?? [];
    const range = textOf(via["range"]);
    return {
      id: named ?? `npm-${String(via["source"])}`,
      aliases: named === undefined ? [] : [`npm-${String(via["source"])}`],
      package: textOf(via["name"]),
      summary: textOf(via["title"]),
      affects: (version) => isInRange(version, range),
    };
  });
}

function osvEntries(value: unknown): readonly Fields[] | undefined {
  if (Array.isArray(value)) {
    const lists = value.map(osvEntries);
    return lists.includes(undefined) ? undefined : lists.flatMap((list) => list ?? []);
  }
  if (!isObject(value)) return undefined;
  if (typeof value["id"] === "string" && Array.isArray(value["affected"])) return [value];
  if (Array.isArray(value["vulns"])) return osvEntries(value["vulns"]);
  if (!Array.isArray(value["results"])) return undefined;
  const packages = value["results"].flatMap((one) => listOf(isObject(one) ? one["packages"] : []));
  return osvEntries(
    packages.flatMap((one) => listOf(isObject(one) ? one["vulnerabilities"] : undefined)),
  );
}

function ofOsv(entry: Fields): Advisory[] {
  if (entry["withdrawn"] !== undefined) return [];
  return listOf(entry["affected"]).flatMap((affected) => {
    if (!isObject(affected) || !isObject(affected["package"])) return [];
    const { ecosystem, name } = affected["package"];
    if (ecosystem !== "npm") return [];
    return [
      {
        id: textOf(entry["id"]),
        aliases: listOf(entry["aliases"]).map(textOf),
        package: textOf(name),
        summary: textOf(entry["summary"]),
        affects: (version: string) => isAffected(version, affected),
      },
    ];
  });
}

/** OSV schema, "Evaluation"; where neither versions nor ranges are named, every version is meant. */
function isAffected(version: string, affected: Fields): boolean {
  const versions = listOf(affected["versions"]);
  if (versions.includes(version)) return true;
  const ranges = listOf(affected["ranges"])
    .filter(isObject)
    .filter(({ type }) => type !== "GIT");
  if (ranges.length === 0) return versions.length === 0;
  return ranges.some(({ events }) => isBetween(version, listOf(events).filter(isObject)));
}

function isBetween(version: string, events: readonly Fields[]): boolean {
  const since = (bound: unknown): number =>
    bound === "0" ? 1 : (compareVersions(version, textOf(bound)) ?? Number.NaN);
  const at = (event: Fields): string =>
    textOf(event["introduced"] ?? event["fixed"] ?? event["last_affected"]);
  const ordered = events.toSorted((a, b) =>
    at(a) === "0" ? -1 : at(b) === "0" ? 1 : (compareVersions(at(a), at(b)) ?? 0),
  );
  let affected = false;
  for (const { fixed, introduced, last_affected: last } of ordered) {
    // A version that cannot be compared is taken for affected.
    if (introduced !== undefined && !(since(introduced) < 0)) affected = true;
    if (fixed !== undefined && since(fixed) >= 0) affected = false;
    if (last !== undefined && since(last) > 0) affected = false;
  }
  return affected;
}
