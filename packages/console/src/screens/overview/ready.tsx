import type { JSX } from "preact";
import { pathOf } from "../../address/address.ts";
import { Link } from "../../address/link.tsx";
import { useAnswer } from "../../api/use-answer.ts";
import { Moment } from "../../text/moment.tsx";
import { countText } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { overviewWords as words } from "../../words/overview.ts";

const everyMs = 300_000;

/** Controls in observe whose next step would have harmed nobody: one press opens the ladder. */
export function Ready(): JSX.Element | null {
  const { problem, value } = useAnswer("GET /ready", { query: { most: "5" }, everyMs });
  // Without kept records nobody can tell; the notice of the chart says so already.
  if (problem !== undefined || value === undefined) return null;
  return (
    <section>
      <header class="heading">
        <h2>{words.readyTitle}</h2>
        <span class="small">
          {value.count === 0 ? words.readyNone : words.readyCount(countText(value.count))}
        </span>
      </header>
      <ul class="ready-rows">
        {value.items.map((one) => (
          <li key={`${one.operation} ${one.control} ${one.app}`}>
            <Link
              to={{ path: pathOf("operations", one.operation), more: { control: one.control } }}
            >
              <Said text={one.operation} most={60} /> · <Said text={one.control} />
            </Link>
            <span>
              <Said text={one.words} />
            </span>
            <small>
              {words.readyOf(countText(one.requests))} <Moment at={one.seenSince} />
              {one.isExact ? "" : ` (${words.estimate})`}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}
