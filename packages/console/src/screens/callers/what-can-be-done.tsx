import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ActButton } from "../../acts/act-button.tsx";
import { Link } from "../../address/link.tsx";
import { useAnswer } from "../../api/use-answer.ts";
import { countText } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { callerWords as words } from "../../words/callers.ts";
import { givingBack, pressing, revealing, revoking } from "./caller-acts.ts";
import { callerAt, isPseudonym, type RecordedKind } from "./caller-kinds.ts";
import type { Counted } from "./facts.ts";
import { SourceChoice } from "./source-choice.tsx";

interface WhatCanBeDoneProps {
  readonly kind: RecordedKind;
  /** As they were looked for. */
  readonly name: string;
  /** By which words records hold them. */
  readonly recorded: readonly string[];
  readonly revealed: string | undefined;
  readonly onRevealed: (subject: string) => void;
  readonly counted: Counted | undefined;
  readonly people: number;
}

/** Acts about somebody, each with whom it reaches. What a pseudonym does not allow is said. */
export function WhatCanBeDone(props: WhatCanBeDoneProps): JSX.Element {
  const { counted, kind, name, people, recorded, revealed } = props;
  const [operations, setOperations] = useState(words.classes[0] ?? "");
  const sources = Object.keys(useAnswer("GET /sources", {}).value ?? {});
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const source = chosen ?? (sources.length > 1 ? sources[0] : undefined);
  const hidden = revealed === undefined && isPseudonym(name, recorded);
  const known = revealed ?? name;
  const { acts } = words;
  const seen = [
    acts.seen(countText(counted?.requests ?? 0), countText(counted?.refused ?? 0)),
    ...(kind === "address" ? [acts.behind(countText(people))] : []),
  ].join(" ");
  if (hidden) return <Hidden {...props} />;
  const pressed = kind === "device" ? undefined : kind === "person" ? "user" : "address";
  return (
    <section>
      <h2>{words.can}</h2>
      <div class="acts">
        {kind === "person" ? (
          <ActButton
            act={revoking({
              kind: "subject",
              value: known,
              source,
              reach: acts.revokeReach(seen),
            })}
          />
        ) : null}
        {pressed === undefined
          ? null
          : pressing({ kind: pressed, value: known, operations, reach: seen }).map((act) => (
              <ActButton key={act.id} act={act} />
            ))}
        <ActButton act={givingBack(`${pressed ?? "device"}:${known}`)} />
      </div>
      <div class="acts choices-of-acts">
        {pressed === undefined ? null : (
          <label>
            <span>{words.classOf}</span>{" "}
            <select
              value={operations}
              onChange={({ currentTarget }) => setOperations(currentTarget.value)}
            >
              {words.classes.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        )}
        {kind === "person" ? (
          <SourceChoice sources={sources} source={source} onSource={setChosen} />
        ) : null}
      </div>
    </section>
  );
}

/** Whom only a pseudonym is known of: what it takes to act is said, and one person can be revealed. */
function Hidden({ kind, name, onRevealed, recorded }: WhatCanBeDoneProps): JSX.Element {
  const pseudonym = recorded[0] ?? name;
  return (
    <section>
      <h2>{words.can}</h2>
      {recorded.length > 1 ? (
        <>
          <p class="small">{words.severalBegin}</p>
          <ul>
            {recorded.map((one) => (
              <li key={one}>
                <Link to={callerAt(kind, one)}>
                  <Said text={one} mono most={40} />
                </Link>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <>
          <p class="small">{kind === "person" ? words.revealFirst : words.nameless}</p>
          {kind === "person" ? (
            <p class="acts">
              <ActButton act={revealing(pseudonym, onRevealed)} />
            </p>
          ) : null}
        </>
      )}
    </section>
  );
}
