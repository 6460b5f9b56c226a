import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Link } from "../../address/link.tsx";
import { pathOf } from "../../address/address.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import type { LiveRecord } from "../../stream/stream-event.ts";
import { Moment } from "../../text/moment.tsx";
import { durationText } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { commandText } from "../../text/shell.ts";
import { liveWords as words } from "../../words/live.ts";
import { RungLine } from "./rung-line.tsx";
import { ladderOf, outcomeOf } from "./steps.ts";

/** One record: what became of it, by which steps, and the same as a command. */
export function RecordDetail({
  onClose,
  record,
}: {
  readonly record: LiveRecord;
  readonly onClose: () => void;
}): JSX.Element {
  const problems = useAnswer("GET /problems", {});
  const modes = useMemo(
    () => new Map((problems.value ?? []).map(({ code, mode }) => [code, mode])),
    [problems.value],
  );
  const { durationMs, upstreamMs, upstreamStatus } = record;
  const outcome = outcomeOf(record);
  return (
    <section class="record" aria-label={record.traceId}>
      <header class="heading">
        <h2>
          <span class={outcome}>
            {record.status} {words.outcomes[outcome]}
          </span>{" "}
          <Said text={record.method} most={12} /> <Said text={record.operation} />
        </h2>
        <button type="button" class="quiet end" onClick={onClose} aria-label={words.close}>
          ×
        </button>
      </header>
      <p>
        <Moment at={record.time} /> · {durationText(durationMs)}
        {": "}
        {upstreamMs === undefined
          ? words.noBackend
          : words.gateShare(
              durationText(Math.max(durationMs - upstreamMs, 0)),
              durationText(upstreamMs),
            )}
        {upstreamStatus === undefined ? null : ` · ${words.answered(upstreamStatus)}`}
      </p>
      <h3>{words.ladder}</h3>
      <ol class="ladder">
        {ladderOf(record, (code) => modes.get(code)).map((rung) => (
          <RungLine key={rung.step} rung={rung} />
        ))}
      </ol>
      <dl class="facts">
        <Fact name={words.fields.traceId}>
          <Said text={record.traceId} mono />
        </Fact>
        <Fact name={words.fields.path}>{text(record.path, true)}</Fact>
        <Fact name={words.fields.app}>{text(buildOf(record))}</Fact>
        <Fact name={words.fields.subject}>{caller(record.subject, "person")}</Fact>
        <Fact name={words.fields.device}>{caller(record.device, "device")}</Fact>
        <Fact name={words.fields.address}>{caller(record.address, "address")}</Fact>
        <Fact name={words.fields.client}>{text(record.client)}</Fact>
        <Fact name={words.stripped}>{text(record.stripped?.join(", "), true)}</Fact>
        <Fact name={words.unwritten}>{text(record.unwritten?.join(", "), true)}</Fact>
        <Fact name={words.unchecked}>{text(record.unchecked?.join(", "), true)}</Fact>
      </dl>
      <footer class="heading">
        <CopyCommand command={record.traceId} name={words.copyTrace} />
        <CopyCommand
          command={commandText("portcullis", "why", record.traceId)}
          name={words.explain}
        />
      </footer>
    </section>
  );
}

export const buildOf = ({ app, appVersion }: LiveRecord): string | undefined =>
  app === undefined ? undefined : appVersion === undefined ? app : `${app}/${appVersion}`;

const text = (value: string | undefined, mono = false): JSX.Element | undefined =>
  value === undefined || value === "" ? undefined : <Said text={value} mono={mono} />;

const caller = (
  name: string | undefined,
  by: "person" | "device" | "address",
): JSX.Element | undefined =>
  name === undefined ? undefined : (
    <Link to={{ path: pathOf("callers", name), more: by === "person" ? {} : { by } }}>
      <Said text={name} mono />
    </Link>
  );

function Fact({
  children,
  name,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}): JSX.Element | null {
  return children === undefined ? null : (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
