import type { JSX } from "preact";
import { severityWords as words } from "../words/severities.ts";

export type SeverityName = keyof typeof words;

/** From a line to a full octagon: told apart without its colour. */
const shapes: Readonly<Record<SeverityName, { readonly d: string; readonly full: boolean }>> = {
  info: { d: "M3 8h10", full: false },
  low: { d: "M8 3a5 5 0 1 0 .01 0z", full: false },
  medium: { d: "M8 2l6.5 12h-13z", full: false },
  high: { d: "M8 2l6.5 12h-13z", full: true },
  critical: { d: "M5 1.5h6l3.5 3.5v6l-3.5 3.5h-6l-3.5-3.5v-6z", full: true },
};

export function Severity({ of }: { readonly of: SeverityName }): JSX.Element {
  const { d, full } = shapes[of];
  return (
    <span class={`severity ${of}${full ? " full" : ""}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={d} />
      </svg>
      {words[of]}
    </span>
  );
}
