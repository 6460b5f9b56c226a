import type { AnswerTo } from "../../api/admin-client.ts";
import { changeWords as words } from "../../words/changes.ts";

type Switch = AnswerTo<"GET /switches">[number];
type Audited = AnswerTo<"GET /audit">[number];

/** One thing that somebody did, wherever it stands. */
export interface Listed {
  readonly id: string;
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly why: string;
  /** The operation that it is about; undefined where it is about something else, or all. */
  readonly operation: string | undefined;
  /** Undefined where it is no switch. */
  readonly thrown: Switch | undefined;
}

/** What is written down when somebody asks for a switch, which stands in the list itself. */
const asksForSwitch: ReadonlySet<string> = new Set([
  "admin-api:throwSwitch",
  "admin-api:undoSwitch",
]);

/** Switches and what else the audit has, the newest first; switches stand there once, and not twice. */
export function listOf(switches: readonly Switch[], audit: readonly Audited[]): readonly Listed[] {
  const acts = audit
    .filter(({ about, action }) => !action.startsWith("switch-") && !asksForSwitch.has(about))
    .map(({ about, action, actor, at, details }, index): Listed => {
      const { because, reason, why } = details;
      const told = [why, reason, because].find((one) => typeof one === "string");
      return {
        id: `${at} ${index}`,
        at,
        who: actor,
        what: `${action} ${about}`,
        why: typeof told === "string" ? told : "",
        operation: undefined,
        thrown: undefined,
      };
    });
  return [...switches.map(switchListed), ...acts].toSorted((a, b) => (a.at < b.at ? 1 : -1));
}

function switchListed(one: Switch): Listed {
  return {
    id: one.id,
    at: one.createdAt,
    who: one.createdBy,
    what: whatOf(one),
    why: one.reason,
    operation: one.operation === "*" ? undefined : one.operation,
    thrown: one,
  };
}

/** `getAccount: ownership set to enforce, for builds >=3.4`. */
function whatOf({ app, control, mode, operation, percent }: Switch): string {
  const does =
    control === "closed"
      ? mode === "enforce"
        ? words.switchedOff
        : words.open
      : words.setTo(control ?? words.controls, mode);
  const whom = [
    ...(app === undefined ? [] : [words.builds(app)]),
    ...(percent === undefined ? [] : [words.share(percent)]),
  ];
  return [`${operation === "*" ? words.everything : operation}: ${does}`, ...whom].join(words.join);
}

/** Whether a switch holds at this moment. */
export const holds = ({ endsAt, undoneAt }: Switch, nowMs: number): boolean =>
  undoneAt === undefined && (endsAt === undefined || Date.parse(endsAt) > nowMs);
