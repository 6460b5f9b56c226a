import type { JSX } from "preact";
import type { Outcome } from "./chart.ts";

/** What the colours of a chart mean, each with its number. */
export function Legend({
  entries,
}: {
  readonly entries: readonly { readonly of: Outcome | "before"; readonly text: string }[];
}): JSX.Element {
  return (
    <div class="legend">
      {entries.map(({ of, text }) => (
        <span key={of}>
          <span class={`swatch ${of}`} aria-hidden="true" />
          {text}
        </span>
      ))}
    </div>
  );
}
