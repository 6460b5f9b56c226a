import type { JSX } from "preact";
import { type AnswerTo } from "../../api/admin-client.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { countText } from "../../text/numbers.ts";
import { Moment } from "../../text/moment.tsx";
import { Said } from "../../text/said.tsx";
import { postureWords as words } from "../../words/posture.ts";

type Control = AnswerTo<"GET /posture">["items"][number];

const modes = ["enforce", "staged", "observe", "off"] as const;

export function ControlTable({ of }: { readonly of: readonly Control[] }): JSX.Element {
  const { columns } = words;
  return (
    <table class="cards posture-table">
      <caption>{words.table}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.control}</th>
          <th scope="col">{columns.stands}</th>
          <th scope="col" class="number">
            {columns.refused}
          </th>
          <th scope="col" class="number">
            {columns.observed}
          </th>
          <th scope="col">{columns.trigger}</th>
          <th scope="col">{columns.owner}</th>
          <th scope="col">{columns.last}</th>
          <th scope="col">{columns.metric}</th>
        </tr>
      </thead>
      <tbody>
        {of.map((one) => (
          <Row key={one.control} of={one} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ of }: { readonly of: Control }): JSX.Element {
  const { about, control, lastExercised, metric, owner, refused, trigger, wouldHaveRefused } = of;
  const { columns } = words;
  const rings = [...trigger.detectors, ...trigger.rules].join(", ");
  return (
    <tr>
      <th scope="row">
        {control}
        <small class="about">
          <Said text={about} />
        </small>
      </th>
      <td data-label={columns.stands}>
        <Stands of={of} />
      </td>
      <td class="number" data-label={columns.refused}>
        {countText(refused)}
      </td>
      <td class={wouldHaveRefused > 0 ? "number observed" : "number"} data-label={columns.observed}>
        {countText(wouldHaveRefused)}
      </td>
      <td data-label={columns.trigger}>
        {rings === "" ? <small>{words.silent}</small> : <Said text={rings} />}
      </td>
      <td data-label={columns.owner}>
        {owner === undefined ? <small>{words.nobody}</small> : <Said text={owner} most={60} />}
      </td>
      <td data-label={columns.last}>
        {lastExercised === undefined ? <small>{words.never}</small> : <Moment at={lastExercised} />}
      </td>
      <td data-label={columns.metric} class="metric">
        <CopyCommand command={metric} name={words.metricName} label={words.copyMetric(control)} />
        <code class="printed">{metric}</code>
      </td>
    </tr>
  );
}

/** At how many operations it refuses, watches or is off. */
function Stands({ of: { kind, operations } }: { readonly of: Control }): JSX.Element {
  const held = modes.filter((mode) => operations[mode] > 0);
  if (held.length === 0) return <small>{kind === "always" ? words.always : words.nowhere}</small>;
  return (
    <ul class="stands">
      {held.map((mode) => (
        <li key={mode} class={mode === "observe" ? "observed" : undefined}>
          <span class={`stand ${mode}`} aria-hidden="true" />
          {words.modes[mode]} {countText(operations[mode])}
        </li>
      ))}
    </ul>
  );
}
