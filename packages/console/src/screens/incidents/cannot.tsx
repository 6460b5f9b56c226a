import type { JSX } from "preact";
import { Said } from "../../text/said.tsx";
import { incidentWords as words } from "../../words/incidents.ts";
import type { Possible } from "./responding.ts";

/** What may not be done, and why: nobody shall look for a button that is not there. */
export function Cannot({ can }: { readonly can: readonly Possible[] }): JSX.Element | null {
  const others = can.filter(({ may }) => !may);
  if (others.length === 0) return null;
  return (
    <details>
      <summary class="small">{words.responses.cannot}</summary>
      <ul class="small">
        {others.map((one) => (
          <li key={one.do}>
            {words.responses.names[one.do](one.key?.kind ?? "")}:{" "}
            <Said text={one.because} most={300} />
          </li>
        ))}
      </ul>
    </details>
  );
}
