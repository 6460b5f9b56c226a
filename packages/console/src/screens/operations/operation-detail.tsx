import type { JSX } from "preact";
import { Link } from "../../address/link.tsx";
import { usePlace } from "../../address/place.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { Failed, Notice, Partial, Waiting } from "../../states/states.tsx";
import { Said } from "../../text/said.tsx";
import { commandText } from "../../text/shell.ts";
import { operationWords as words } from "../../words/operations.ts";
import { Ladder } from "./ladder.tsx";
import { useSince } from "./use-since.ts";

const everyMs = 15_000;

/** One operation: each of its controls with the ladder, and who would be refused. */
export function OperationDetail({ name }: { readonly name: string }): JSX.Element {
  const since = useSince("7d");
  const { more } = usePlace();
  const { again, problem, value } = useAnswer("GET /forecast", {
    query: { operation: name, since: since.asked },
    everyMs,
  });
  const wanted = more["control"];
  const controls = (value?.controls ?? []).toSorted(
    (a, b) =>
      Number(b.control === wanted) - Number(a.control === wanted) ||
      Number(isOpen(b)) - Number(isOpen(a)),
  );
  return (
    <div class="screen operations">
      <p class="small">
        <Link to={{ path: "/operations" }}>← {words.back}</Link>
      </p>
      <header class="heading">
        <h1>
          <Said text={name} most={80} />
        </h1>
        <span class="end">
          <CopyCommand
            command={commandText("portcullis", "forecast", name, "--since", since.asked)}
          />
        </span>
      </header>
      {value === undefined ? null : (
        <p>
          {value.place === undefined ? null : <Said text={value.place} mono />}{" "}
          <span class="soft">
            {words.seen(value.requests)} ({since.said})
          </span>
        </p>
      )}
      {problem === undefined ? null : <Failed problem={problem} again={again} />}
      {problem === undefined && value === undefined ? <Waiting rows={6} /> : null}
      <Partial missing={value?.missing} />
      {value !== undefined && controls.length === 0 ? (
        <Notice title={words.nothingDecided} />
      ) : null}
      {controls.map((one) => (
        <Ladder
          key={one.control}
          operation={name}
          of={one}
          since={since}
          isWanted={one.control === wanted}
          after={again}
        />
      ))}
    </div>
  );
}

/** Those with a step left stand before those that are enforced. */
const isOpen = ({ next }: { readonly next: number }): boolean => next >= 0;
