/** A version by semantic versioning 2.0.0; what is built in is left out, because it orders nothing. */
interface Version {
  readonly numbers: readonly number[];
  readonly before: readonly string[];
}

const form = /^[v=]?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

function readVersion(text: string): Version | undefined {
  const [, major, minor, patch, before] = form.exec(text.trim()) ?? [];
  return major === undefined
    ? undefined
    : { numbers: [major, minor, patch].map(Number), before: before?.split(".") ?? [] };
}

/**
 * Which of two versions comes first (semantic versioning 2.0.0, section 11): negative, 0 or positive;
 * undefined where one of them is none.
 */
export function compareVersions(one: string, other: string): number | undefined {
  const [a, b] = [readVersion(one), readVersion(other)];
  if (a === undefined || b === undefined) return undefined;
  for (const [index, number] of a.numbers.entries()) {
    const apart = number - (b.numbers[index] as number);
    if (apart !== 0) return apart;
  }
  // A version that comes before another is less than it: 2.0.0-rc.1 before 2.0.0.
  if (a.before.length === 0 || b.before.length === 0) return b.before.length - a.before.length;
  return compareBefore(a.before, b.before);
}

function compareBefore(one: readonly string[], other: readonly string[]): number {
  for (let index = 0; index < Math.min(one.length, other.length); index += 1) {
    const apart = compareIdentifiers(one[index] as string, other[index] as string);
    if (apart !== 0) return apart;
  }
  return one.length - other.length;
}

function compareIdentifiers(one: string, other: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (isNumber && isOtherNumber) return Number(one) - Number(other);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
}

const comparators: Readonly<Record<string, (apart: number) => boolean>> = {
  "<": (apart) => apart < 0,
  "<=": (apart) => apart <= 0,
  ">": (apart) => apart > 0,
  ">=": (apart) => apart >= 0,
  "=": (apart) => apart === 0,
  "": (apart) => apart === 0,
};

/**
 * Whether a version is in a range as npm's reports write them: `>=1.0.0 <1.2.3 || =2.0.0`. What is not
 * understood holds every version: an advisory must not be overlooked because of its spelling.
 */
export const isInRange = (version: string, range: string): boolean =>
  range.split("||").some((part) =>
    part
      .replaceAll(/(\S+)\s+-\s+(\S+)/g, ">=$1 <=$2")
      .replaceAll(/([<>=]+)\s+/g, "$1")
      .trim()
      .split(/\s+/)
      .every((comparator) => fits(version, comparator)),
  );

function fits(version: string, comparator: string): boolean {
  const [, sign = "", bound = ""] = /^([<>=]*)(.*)$/.exec(comparator) ?? [];
  const apart = compareVersions(version, bound);
  return apart === undefined || (comparators[sign]?.(apart) ?? true);
}
