import type { JSX } from "preact";
import type { AnswerTo } from "../../api/admin-client.ts";
import { shortCount } from "../../text/numbers.ts";
import { operationWords as words } from "../../words/operations.ts";

export type Cell = AnswerTo<"GET /operations">["items"][number]["cells"][string];

/** Whether a control has anything to decide at an operation, as far as can be told. */
export const isThere = ({ enforced, observed, rule }: Cell): boolean =>
  rule === undefined ? observed + enforced > 0 : rule !== "-" || observed + enforced > 0;

/** One control at one operation: empty, hatched, half or full, with a number where it refuses. */
export function ControlCell({
  cell,
  control,
}: {
  readonly cell: Cell;
  readonly control: string;
}): JSX.Element {
  const { enforced, mode, observed } = cell;
  if (!isThere(cell)) return <span class="cell none" aria-hidden="true" />;
  const label = words.cell(control, cell.words, observed, enforced);
  const count = mode === "enforce" ? enforced : observed;
  return (
    <span class={`cell ${mode}`} role="img" aria-label={label} title={label}>
      {count > 0 ? shortCount(count) : ""}
    </span>
  );
}
