import type { JSX } from "preact";
import type { RecordedDecision } from "../../stream/stream-event.ts";
import { Said } from "../../text/said.tsx";
import { frameWords } from "../../words/frame.ts";
import { liveWords as words } from "../../words/live.ts";
import type { Rung } from "./steps.ts";

/** A step of the journey, and what it has said of the request. */
export function RungLine({ rung }: { readonly rung: Rung }): JSX.Element {
  const { decisions, isReached, step } = rung;
  const isEnforced = decisions.some(({ mode }) => mode === "enforce");
  const state = !isReached
    ? "unreached"
    : isEnforced
      ? "refused"
      : decisions.length > 0
        ? "observed"
        : "quiet";
  return (
    <li class={`rung ${state}`}>
      <span class="rung-name">{words.steps[step]}</span>
      {decisions.length > 0 ? (
        <ul>
          {decisions.map((one) => (
            <DecisionLine key={`${one.code} ${one.mode} ${one.rule}`} decision={one} />
          ))}
        </ul>
      ) : (
        <span class="small">{isReached ? "" : words.notReached}</span>
      )}
    </li>
  );
}

function DecisionLine({ decision }: { readonly decision: RecordedDecision }): JSX.Element {
  const { at, caller, code, detail, mode, objects, owners, rule } = decision;
  const isEnforced = mode === "enforce";
  const more = [
    [words.fields.rule, rule],
    [words.fields.at, at?.join(", ")],
    [words.fields.caller, caller],
    [words.fields.owners, owners?.join(", ")],
    [words.fields.objects, objects?.join(", ")],
  ] as const;
  return (
    <li>
      <strong class={isEnforced ? "refused" : "observed"}>
        <Said text={code} />
      </strong>{" "}
      <span class="small">{isEnforced ? frameWords.enforce : frameWords.observe}</span>
      {detail === undefined ? null : (
        <p>
          <Said text={detail} most={400} />
        </p>
      )}
      {more.map(([name, value]) =>
        value === undefined ? null : (
          <p class="small" key={name}>
            {name}: <Said text={value} mono />
          </p>
        ),
      )}
    </li>
  );
}
