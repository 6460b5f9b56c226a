import type { Advisory } from "./advisories.ts";
import { installedPackages, type Lock } from "./lock-file.ts";

/** An advisory that is known not to matter here, until a day on which that is looked at again. */
export interface Allowed {
  readonly id: string;
  readonly package: string;
  /** Why it does not matter. */
  readonly reason: string;
  /** YYYY-MM-DD, the last day on which it is allowed. */
  readonly until: string;
}

/** Thrown where the allow-list is not understood. */
export class AllowFault extends Error {}

const keys: readonly string[] = ["id", "package", "reason", "until"];

/** @throws AllowFault */
export function readAllowed(text: string): Allowed[] {
  const entries = JSON.parse(text) as unknown;
  if (!Array.isArray(entries)) throw new AllowFault("it is no list");
  return entries.map((entry: unknown, index) => {
    const faults = [
      ...Object.keys(entry ?? {}).flatMap((name) =>
        keys.includes(name) ? [] : [`'${name}' is unknown`],
      ),
      ...keys.flatMap((key) => (textAt(entry, key).trim() === "" ? [`'${key}' is missing`] : [])),
    ];
    if (faults.length > 0)
      throw new AllowFault(
        `entry ${index + 1}: ${faults.join(", ")}; expected ${keys.join(", ")}, each a text`,
      );
    if (!isDay(textAt(entry, "until")))
      throw new AllowFault(`entry ${index + 1}: until is no day, such as 2027-01-31`);
    return entry as Allowed;
  });
}

const textAt = (entry: unknown, key: string): string => {
  const value = (entry as Readonly<Record<string, unknown>> | null)?.[key];
  return typeof value === "string" ? value : "";
};

const isDay = (text: string): boolean => {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
};

/** An advisory about something that is installed. */
export interface Finding {
  readonly advisory: Advisory;
  readonly package: string;
  readonly version: string;
  readonly folder: string;
  /** Whether who installs a published package gets it too. */
  readonly shipped: boolean;
}

export interface Judged {
  readonly findings: readonly Finding[];
  readonly allowed: readonly { readonly finding: Finding; readonly by: Allowed }[];
  /** Entries whose last day is over. */
  readonly overdue: readonly Allowed[];
  /** Entries that allow nothing that was found. */
  readonly idle: readonly Allowed[];
}

/** Holds what is installed against advisories. @param today YYYY-MM-DD */
export function judgeAdvisories(
  lock: Lock,
  advisories: readonly Advisory[],
  allowed: readonly Allowed[],
  today: string,
): Judged {
  const all = installedPackages(lock).flatMap(({ entry, folder, name, version }): Finding[] =>
    advisories
      .filter((one) => one.package === name && one.affects(version))
      .map((advisory) => ({
        advisory,
        package: name,
        version,
        folder,
        shipped: entry.dev !== true,
      })),
  );
  const overdue = allowed.filter(({ until }) => until < today);
  const standing = allowed.filter(({ until }) => until >= today);
  const allowing = ({ advisory, package: name }: Finding): Allowed | undefined =>
    standing.find(
      (one) => one.package === name && [advisory.id, ...advisory.aliases].includes(one.id),
    );
  const judged = all.map((finding) => ({ finding, by: allowing(finding) }));
  return {
    findings: judged.flatMap(({ by, finding }) => (by === undefined ? [finding] : [])),
    allowed: judged.flatMap(({ by, finding }) => (by === undefined ? [] : [{ finding, by }])),
    overdue,
    idle: standing.filter((one) => !judged.some(({ by }) => by === one)),
  };
}
