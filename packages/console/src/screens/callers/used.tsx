import type { JSX } from "preact";
import { Link } from "../../address/link.tsx";
import type { LiveRecord } from "../../stream/stream-event.ts";
import { Said } from "../../text/said.tsx";
import { countText } from "../../text/numbers.ts";
import { callerWords as words } from "../../words/callers.ts";
import { frameWords } from "../../words/frame.ts";
import { callerAt, fieldOf, type RecordedKind, recordedKinds } from "./caller-kinds.ts";
import { CountedTable } from "./counted-table.tsx";
import { codesIn, countedBy } from "./facts.ts";

const buildOf = ({ app, appVersion }: LiveRecord): string =>
  app === undefined ? words.noBuild : `${app} ${appVersion ?? ""}`.trim();

interface UsedProps {
  readonly kind: RecordedKind;
  readonly filter: string;
  readonly records: readonly LiveRecord[];
}

/** What they have done, with which builds, and who else stands beside them in the same records. */
export function Used({ filter, kind, records }: UsedProps): JSX.Element {
  const { columns } = words;
  return (
    <>
      <CountedTable
        title={words.operations}
        first={columns.operation}
        of={countedBy(records, ({ operation }) => operation)}
      >
        {({ name }) => (
          <Link to={{ path: "/live", filter: `op:${name} ${filter}` }}>
            <Said text={name} most={80} />
          </Link>
        )}
      </CountedTable>
      <CountedTable title={words.builds} first={columns.build} of={countedBy(records, buildOf)}>
        {({ name }) => <Said text={name} most={60} />}
      </CountedTable>
      <Codes filter={filter} records={records} />
      {recordedKinds
        .filter((one) => one !== kind)
        .map((one) => (
          <CountedTable
            key={one}
            title={words.beside[one]}
            first={columns.who}
            of={countedBy(records, (record) => record[fieldOf[one]])}
          >
            {({ name }) => (
              <Link to={callerAt(one, name)}>
                <Said text={name} most={40} mono />
              </Link>
            )}
          </CountedTable>
        ))}
    </>
  );
}

function Codes({ filter, records }: Omit<UsedProps, "kind">): JSX.Element | null {
  const codes = codesIn(records);
  if (codes.length === 0) return null;
  return (
    <section>
      <h2>{words.codes}</h2>
      <ul class="codes">
        {codes.map(({ code, count, mode }) => {
          const isEnforced = mode === "enforce";
          return (
            <li key={`${mode} ${code}`}>
              <span class={isEnforced ? "refused" : "observed"}>{countText(count)}</span>{" "}
              <Link to={{ path: "/live", filter: `code:${code} ${filter}` }}>
                <Said text={code} most={60} />
              </Link>{" "}
              <small>{isEnforced ? frameWords.enforce : frameWords.observe}</small>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
