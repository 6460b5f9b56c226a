/** Node lines whose HTTP parser cannot be made to smuggle a request past a proxy (CVE-2026-58044), and their first good versions. */
const firstGood: ReadonlyMap<number, readonly [number, number]> = new Map([
  [24, [18, 1]],
  [26, [5, 1]],
]);

/** Undefined when this Node may stand at a gate; otherwise what to say to the person who started it. */
export function runtimeFault(version: string): string | undefined {
  const [major = 0, minor = 0, patch = 0] = version.replace(/^v/, "").split(".").map((part) => Number.parseInt(part, 10));
  const good = firstGood.get(major);
  const fits = good === undefined ? major > 26 : minor > good[0] || (minor === good[0] && patch >= good[1]);
  if (fits) return undefined;
  return `portcullis needs Node 24.18.1 or later of line 24, or 26.5.1 or later; this is ${version}.\nOlder versions can be made to smuggle a request past a proxy (CVE-2026-58044).\nInstall a newer Node and run the same command again.`;
}
