import type { JSX } from "preact";
import { useAnswer } from "../../api/use-answer.ts";
import { Notice } from "../../states/states.tsx";
import { Said } from "../../text/said.tsx";
import { overviewWords as words } from "../../words/overview.ts";

const everyMs = 15_000;
const text = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

/** The gate's own parts: shown where one is not well. */
export function Foot(): JSX.Element {
  const ready = useAnswer("GET /readyz", { everyMs });
  const detectors = useAnswer("GET /detectors", { everyMs });
  const said = ready.value ?? ready.problem?.message ?? "";
  const lost = said.split("\n").filter((line) => line !== "" && line !== words.ready);
  const blind = (detectors.value ?? []).flatMap((one) => {
    const { name, state } = one as Record<string, unknown>;
    return state === "not configured" ? [text(name) ?? ""] : [];
  });
  return (
    <section>
      <h2>{words.foot}</h2>
      {lost.length === 0 ? null : (
        <Notice title={words.degraded} tone="warn">
          <Lines all={lost} />
        </Notice>
      )}
      <p class="small">
        {lost.length === 0 ? words.well : null}{" "}
        {blind.length === 0 ? null : <Said text={words.blind(blind)} most={400} />}
      </p>
    </section>
  );
}

const Lines = ({ all }: { readonly all: readonly string[] }): JSX.Element => (
  <ul>
    {all.map((one) => (
      <li key={one}>
        <Said text={one} />
      </li>
    ))}
  </ul>
);
