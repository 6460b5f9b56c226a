import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ActButton } from "../../acts/act-button.tsx";
import { done } from "../../acts/acting.ts";
import { mayDo, session } from "../../api/session.ts";
import { useKept } from "../../state/kept.ts";
import { Moment } from "../../text/moment.tsx";
import { countText } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { actWords } from "../../words/acts.ts";
import { operationWords as words } from "../../words/operations.ts";
import { BuildsTable } from "./builds-table.tsx";
import { FirstMinute } from "./first-minute.tsx";
import { type Controlled, type Step, stepAct, undoStep } from "./ladder-act.ts";
import type { Since } from "./use-since.ts";

interface LadderProps {
  readonly operation: string;
  readonly of: Controlled;
  readonly since: Since;
  /** Somebody came here for this one. */
  readonly isWanted: boolean;
  readonly after: () => void;
}

/** A control at an operation: where it stands on its way, who would be refused, and the next step. */
export function Ladder({ after, isWanted, of, operation, since }: LadderProps): JSX.Element {
  const { control, estimatedBecause, next, rule, sentence, steps } = of;
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isWanted) place.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const step = steps[next];
  const newest = of.switches.findLast((one) => one.operation === operation);
  return (
    <section class="ladder" ref={place} aria-labelledby={`ladder-${control}`}>
      <header>
        <h2 id={`ladder-${control}`}>
          <Said text={control} />
        </h2>
        <p class="soft">
          {sentence} {rule === undefined || rule === "-" ? null : <Said text={rule} mono />}
        </p>
      </header>
      <div class="rungs">
        <ol aria-label={words.steps}>
          {steps.map((one, index) => (
            <Rung key={one.words} step={one} isNext={index === next} />
          ))}
        </ol>
        <span class="presses">
          {step === undefined ? null : (
            <ActButton act={stepAct(step, { operation, of, since, after })} main />
          )}
          {newest === undefined ? null : <UndoButton of={newest} after={after} />}
        </span>
      </div>
      {of.switches.map((one) => (
        <p class="small soft" key={one.id}>
          <Said text={words.heldBy(one.createdBy, one.reason)} most={160} />{" "}
          {one.operation === "*" ? words.everywhere : null} <Moment at={one.createdAt} />
        </p>
      ))}
      {newest === undefined ? null : (
        <FirstMinute operation={operation} codes={of.codes} since={newest.createdAt} />
      )}
      {estimatedBecause === undefined ? null : (
        <p class="small">
          <strong>{words.estimated}</strong> {estimatedBecause}
        </p>
      )}
      {step === undefined ? (
        <details class="small">
          <summary>{words.buildsAnyway}</summary>
          <BuildsTable operation={operation} of={of} since={since} />
        </details>
      ) : (
        <BuildsTable operation={operation} of={of} since={since} />
      )}
      {next < 0 || next === steps.length - 1 ? null : (
        <details class="small">
          <summary>{words.laterSteps}</summary>
          <span class="presses">
            {steps.slice(next + 1).map((one) => (
              <ActButton key={one.words} act={stepAct(one, { operation, of, since, after })} />
            ))}
          </span>
        </details>
      )}
    </section>
  );
}

function Rung({
  isNext,
  step: { app, isExact, isHeld, percent, requests, state },
}: {
  readonly step: Step;
  readonly isNext: boolean;
}): JSX.Element {
  const kind = isHeld ? "held" : isNext ? "next" : "later";
  return (
    <li class={`rung ${kind}`} aria-current={isNext ? "step" : undefined}>
      <span>{words.stepShort(app, percent, state)}</span>
      <small class={requests > 0 && !isHeld ? "observed" : undefined}>
        {isHeld
          ? words.held
          : state === "observe"
            ? words.next
            : requests === 0
              ? words.harmless
              : `${isExact ? "" : "~ "}${countText(requests)}`}
      </small>
    </li>
  );
}

/** One press, without a question: what is taken back refuses nobody. */
function UndoButton({
  after,
  of,
}: {
  readonly of: Controlled["switches"][number];
  readonly after: () => void;
}): JSX.Element {
  const isAllowed = mayDo(useKept(session), "operator");
  const [isUnderway, setUnderway] = useState(false);
  const press = async (): Promise<void> => {
    setUnderway(true);
    try {
      await undoStep(of, after);
      done.set({ said: actWords.undone, undo: undefined });
    } catch (fault) {
      done.set({ said: words.undoStep, undo: undefined, problem: (fault as Error).message });
    }
    setUnderway(false);
  };
  return (
    <button
      type="button"
      class="undo-step"
      disabled={isUnderway || !isAllowed}
      title={isAllowed ? words.undoReach : actWords.needs("operator")}
      onClick={() => void press()}
    >
      {words.undoStep}
      {isAllowed ? null : <span class="lock" aria-label={actWords.needs("operator")} role="img" />}
    </button>
  );
}
