import type { JSX } from "preact";
import { callerWords as words } from "../../words/callers.ts";

/** Which source names somebody so; where there is one, nobody is asked. */
export function SourceChoice({
  onSource,
  source,
  sources,
}: {
  readonly sources: readonly string[];
  readonly source: string | undefined;
  readonly onSource: (source: string) => void;
}): JSX.Element | null {
  if (sources.length < 2) return null;
  return (
    <label>
      <span>{words.source}</span>{" "}
      <select value={source} onChange={({ currentTarget }) => onSource(currentTarget.value)}>
        {sources.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}
