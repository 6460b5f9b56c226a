import type { ComponentChildren, JSX } from "preact";
import type { Problem } from "../api/problem.ts";
import { CopyCommand } from "./copy-command.tsx";
import { Said } from "../text/said.tsx";
import { stateWords as words } from "../words/states.ts";

interface NoticeProps {
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly tone?: "plain" | "warn" | "bad";
}

/** What stands where nothing else can: it says why, and what to do. */
export function Notice({ children, title, tone = "plain" }: NoticeProps): JSX.Element {
  return (
    <div class={`notice ${tone}`} role={tone === "bad" ? "alert" : "status"}>
      <strong>{title}</strong>
      {children === undefined ? null : <div>{children}</div>}
    </div>
  );
}

/** Nothing has happened yet: the command that lets something happen. */
export const NothingYet = ({
  command,
  title,
}: {
  readonly title: string;
  readonly command: string;
}): JSX.Element => (
  <Notice title={title}>
    <CopyCommand command={command} shown />
  </Notice>
);

/** Where a filter hides everything: which one to drop. */
export function NoMatch({
  drop,
  title = words.noMatch,
}: {
  readonly title?: string;
  readonly drop: readonly { readonly name: string; readonly run: () => void }[];
}): JSX.Element {
  return (
    <Notice title={title}>
      {drop.length === 0 ? null : words.drop}
      {drop.map(({ name, run }) => (
        <button type="button" key={name} onClick={run}>
          <Said text={name} /> ×
        </button>
      ))}
    </Notice>
  );
}

/** What the admin API has answered in place of what was asked for. */
export function Failed({
  problem,
  again,
}: {
  readonly problem: Problem;
  readonly again?: () => void;
}): JSX.Element {
  if (problem.status === 403)
    return (
      <Notice title={words.notAllowed} tone="warn">
        {words.whoMay(problem.needs ?? "")}
      </Notice>
    );
  return (
    <Notice title={problem.status === 0 ? words.gone : problem.message} tone="bad">
      <Said text={problem.detail ?? (problem.status === 0 ? words.goneDetail : "")} most={400} />
      {again === undefined ? null : (
        <button type="button" onClick={again}>
          {words.again}
        </button>
      )}
    </Notice>
  );
}

/** Parts that could not be looked at: what is shown is not all. */
export function Partial({
  missing,
}: {
  readonly missing: readonly string[] | undefined;
}): JSX.Element | null {
  if (missing === undefined || missing.length === 0) return null;
  return (
    <Notice title={words.partial} tone="warn">
      <ul>
        {missing.map((one) => (
          <li key={one}>
            <Said text={one} />
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** The layout stands; numbers come. */
export const Waiting = ({
  rows = 3,
  label = words.loading,
}: {
  readonly rows?: number;
  readonly label?: string;
}): JSX.Element => (
  <div class="waiting" role="status" aria-label={label}>
    {Array.from({ length: rows }, (_none, index) => (
      <span key={index} />
    ))}
  </div>
);
