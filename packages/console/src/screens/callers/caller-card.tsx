import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { pathOf } from "../../address/address.ts";
import { Link } from "../../address/link.tsx";
import { mayDo, session } from "../../api/session.ts";
import { useKept } from "../../state/kept.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { Severity } from "../../states/severity.tsx";
import { Failed, Notice, Partial, Waiting } from "../../states/states.tsx";
import { Moment } from "../../text/moment.tsx";
import { Said } from "../../text/said.tsx";
import { countText, several } from "../../text/numbers.ts";
import { commandText } from "../../text/shell.ts";
import { callerWords as words } from "../../words/callers.ts";
import { Account } from "./account.tsx";
import { fieldOf, isPseudonym, type RecordedKind } from "./caller-kinds.ts";
import { behind, countedAll } from "./facts.ts";
import { type CallerRecords, useCallerRecords } from "./use-caller-records.ts";
import { mostIncidents, useIncidentsOf } from "./use-incidents-of.ts";
import { Used } from "./used.tsx";
import { WhatCanBeDone } from "./what-can-be-done.tsx";

interface CallerCardProps {
  readonly kind: RecordedKind;
  readonly name: string;
  /** Whether the name is an account's, as the issuer said. */
  readonly isAccount?: boolean;
}

/** One person, device or address: what is kept of them, and what can be done. */
export function CallerCard({ isAccount = false, kind, name }: CallerCardProps): JSX.Element {
  const of = useCallerRecords(kind, name);
  const [revealed, setRevealed] = useState<string | undefined>(isAccount ? name : undefined);
  const isOperator = mayDo(useKept(session), "operator");
  const { again, all, inRange, missing, problem } = of;
  const recorded = [...new Set(all?.map((one) => one[fieldOf[kind]] ?? ""))];
  const counted = countedAll(inRange);
  const people = behind(inRange, "person");
  const account = revealed ?? (isPseudonym(name, recorded) ? undefined : name);
  const filter = `${fieldOf[kind]}:${/\s/.test(name) ? `"${name}"` : name}`;
  return (
    <>
      <header class="heading">
        <h1>
          {words.kinds[kind]} <Said text={name} mono most={60} />
        </h1>
        <span class="end heading">
          <CopyCommand command={commandText("portcullis", "records", `--${fieldOf[kind]}`, name)} />
        </span>
      </header>
      <p class="heading small">
        <Link to={{ path: "/callers" }}>{words.back}</Link>
        <Link to={{ path: "/live", filter }}>{words.records}</Link>
      </p>
      {problem === undefined ? null : <Failed problem={problem} again={again} />}
      <Partial missing={missing} />
      {all === undefined ? (
        problem === undefined ? (
          <Waiting rows={6} />
        ) : null
      ) : all.length === 0 ? (
        <Notice title={words.none}>{words.noneWhy(fieldOf[kind])}</Notice>
      ) : (
        <Seen of={of} all={all} />
      )}
      {isAccount || revealed === undefined ? null : (
        <Notice title={words.revealed} tone="warn">
          <Said text={revealed} mono />
        </Notice>
      )}
      {kind === "address" && inRange.length > 0 ? (
        <p>
          {people.count === 0
            ? words.nobodyBehind
            : people.count === 1
              ? words.oneBehind
              : words.signedInBehind(countText(people.count))}
          {people.months > 1 ? <small> {words.severalMonths}</small> : null}
        </p>
      ) : null}
      {all === undefined ? null : (
        <WhatCanBeDone
          kind={kind}
          name={name}
          recorded={recorded}
          revealed={revealed}
          onRevealed={setRevealed}
          counted={counted}
          people={people.count}
        />
      )}
      {kind === "person" && account !== undefined && isOperator ? <Account id={account} /> : null}
      <Used kind={kind} filter={filter} records={inRange} />
      <IncidentsOf records={all} />
    </>
  );
}

/** When they were seen first and last, and what became of what they asked in the time at hand. */
function Seen({
  all,
  of: { inRange, isAll, isUntilNow, isWhole },
}: {
  readonly of: CallerRecords;
  readonly all: NonNullable<CallerRecords["all"]>;
}): JSX.Element {
  const counted = countedAll(inRange);
  return (
    <>
      <dl class="caller-facts">
        <div>
          <dt>{isAll ? words.first : words.firstBefore}</dt>
          <dd>
            <Moment at={all.at(-1)?.time ?? ""} />
          </dd>
        </div>
        <div>
          <dt>{isUntilNow ? words.last : words.lastByThen}</dt>
          <dd>
            <Moment at={all[0]?.time ?? ""} />
          </dd>
        </div>
        <div>
          <dt>{words.inRange}</dt>
          <dd>
            {counted === undefined ? (
              words.quietRange
            ) : (
              <span class="outcomes">
                <span>
                  {several(counted.requests, words.requests[0] ?? "", words.requests[1] ?? "")}
                </span>
                <span class={counted.observed > 0 ? "observed" : "small"}>
                  {words.observedOf(countText(counted.observed))}
                </span>
                <span class={counted.refused > 0 ? "refused" : "small"}>
                  {words.refusedOf(countText(counted.refused))}
                </span>
                <span class={counted.failed > 0 ? "failed" : "small"}>
                  {words.failedOf(countText(counted.failed))}
                </span>
              </span>
            )}
          </dd>
        </div>
      </dl>
      {isWhole ? null : <p class="small">{words.newest(countText(all.length))}</p>}
    </>
  );
}

function IncidentsOf({ records }: { readonly records: CallerRecords["all"] }): JSX.Element | null {
  const found = useIncidentsOf(records);
  if (found === undefined || records === undefined || records.length === 0) return null;
  return (
    <section>
      <h2>{words.incidents}</h2>
      {found.length === 0 ? <p>{words.noIncidents}</p> : null}
      <ul class="caller-incidents">
        {found.map(({ id, severity, startedAt, summary }) => (
          <li key={id}>
            <Severity of={severity} />{" "}
            <Link to={{ path: pathOf("incidents", id) }}>
              <Said text={summary} />
            </Link>{" "}
            <Moment at={startedAt} />
          </li>
        ))}
      </ul>
      <p class="small">{words.incidentsOf(countText(mostIncidents))}</p>
    </section>
  );
}
