import { compareVersions, readVersion } from "@portcullis/guard/modes";

/**
 * The lowest version from which on nobody was refused.
 *
 * @param versions those that were seen; what is no version is passed over
 * @param refused those of which somebody was refused
 * @returns undefined where even the newest was refused, or none was seen
 */
export function lowestHarmless(
  versions: Iterable<string>,
  refused: Iterable<string>,
): string | undefined {
  const bad = [...refused].map((version) => readVersion(version) ?? []);
  const harmless = [...new Set(versions)].flatMap((version) => {
    const numbers = readVersion(version);
    return numbers !== undefined && bad.every((one) => compareVersions(numbers, one) > 0)
      ? [{ version, numbers }]
      : [];
  });
  return harmless.toSorted((a, b) => compareVersions(a.numbers, b.numbers))[0]?.version;
}

/** The newest of those that are versions. */
export const newestVersion = (versions: Iterable<string>): string | undefined =>
  [...versions]
    .flatMap((version) => {
      const numbers = readVersion(version);
      return numbers === undefined ? [] : [{ version, numbers }];
    })
    .toSorted((a, b) => compareVersions(b.numbers, a.numbers))[0]?.version;
