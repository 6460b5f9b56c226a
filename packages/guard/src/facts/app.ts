/** Which build calls, as the app itself says: `harbour-ios/3.4.1 (build 812; ios 19.1)`. */
export interface App {
  readonly id: string;
  readonly version: string;
  readonly numbers: readonly number[];
  readonly build: string | undefined;
  readonly platform: string | undefined;
}

const field =
  /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/(\d{1,9}(?:\.\d{1,9}){0,3})(?:[-+][A-Za-z0-9.-]{1,32})?(?: \(([^()]{0,100})\))?$/;
const mostRemembered = 2000;

/**
 * Reads the field, and remembers what it read: a fleet has a few hundred builds, and an attacker as
 * many as it likes.
 */
export function createAppReader(): (text: string | undefined) => App | undefined {
  const known = new Map<string, App | undefined>();
  return (text) => {
    if (text === undefined || text.length > 256) return undefined;
    if (known.has(text)) return known.get(text);
    const app = readApp(text);
    if (known.size >= mostRemembered) known.clear();
    known.set(text, app);
    return app;
  };
}

export function readApp(text: string): App | undefined {
  const match = field.exec(text);
  if (match === null) return undefined;
  const version = match[2] as string;
  let build: string | undefined;
  let platform: string | undefined;
  for (const part of (match[3] ?? "").split(";")) {
    const word = part.trim();
    if (word.startsWith("build ")) build = word.slice("build ".length);
    else if (word !== "") platform ??= word;
  }
  return Object.freeze({
    id: match[1] as string,
    version,
    numbers: version.split(".").map(Number),
    build,
    platform,
  });
}

/** Missing parts are zero: 3.2 is 3.2.0. */
export function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export const rangeForm = "a range of versions such as '>=3.2', '<4' or '>=3.2 <4'";
const comparator = /^(>=|<=|>|<|=)?(\d{1,9}(?:\.\d{1,9}){0,3})$/;

/** What each sign says of the order of a version and its bound. */
const signs: Readonly<Record<string, (order: number) => boolean>> = {
  ">=": (order) => order >= 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  "<": (order) => order < 0,
  "=": (order) => order === 0,
};

/** All comparators of the range must hold. Undefined when it is no range. */
export function readRange(text: string): ((numbers: readonly number[]) => boolean) | undefined {
  const tests: ((numbers: readonly number[]) => boolean)[] = [];
  for (const part of text.trim().split(/\s+/)) {
    const match = comparator.exec(part);
    const holds = signs[match?.[1] ?? "="];
    if (match === null || holds === undefined) return undefined;
    const bound = (match[2] as string).split(".").map(Number);
    tests.push((numbers) => holds(compareVersions(numbers, bound)));
  }
  return (numbers) => tests.every((one) => one(numbers));
}

export const readVersion = (text: string): readonly number[] | undefined =>
  /^\d{1,9}(?:\.\d{1,9}){0,3}$/.test(text) ? text.split(".").map(Number) : undefined;
