import type { AnswerCheck, Outcome } from "../controls/check.ts";
import type { Switching } from "../controls/switching.ts";
import type { Concealment, EveryAnswer, Keeping, LeaveFacts } from "../controls/control.ts";
import type { ResponseTable } from "../document/responses.ts";
import type { Fact } from "../facts/facts.ts";
import type { Mode, ModeRow } from "../facts/mode.ts";
import type { Upstream } from "../ports/upstream.ts";
import { compilePickJson, type PickJson } from "../reading/pick-json.ts";
import type { Exchange } from "./exchange.ts";
import type { FieldRules } from "./field-rules.ts";
import type { RewriteOwnLink } from "./own-links.ts";

/** A step at one operation, ready to run. */
export interface RunStep {
  readonly title: string;
  /** The mode key under which it is skipped where it is `off`. */
  readonly mode: string | undefined;
  readonly check: (exchange: Exchange) => Outcome | Promise<Outcome>;
}

/** A step on the answers of one operation, ready to run. */
export interface RunAnswer {
  readonly title: string;
  readonly mode: string | undefined;
  readonly check: AnswerCheck<Fact, Fact>;
}

/** Everything that may happen to a request for one operation, compiled ahead, whatever the modes. */
export interface CompiledOperation {
  /** operationId, or `METHOD /path`; `(undeclared)` for what no document names. */
  readonly name: string;
  readonly pathTemplate: string | undefined;
  readonly apiVersion: string | undefined;
  /** What of it cannot be checked as its document says. */
  readonly unchecked: readonly string[] | undefined;
  /** The built-in issuer: it is told the certificate of the connection, which ends at the gate. */
  readonly issuer: boolean;
  readonly steps: readonly RunStep[];
  readonly answers: readonly RunAnswer[];
  readonly responses: ResponseTable;
  /** Fields of every answer that the backend gives. Flat. */
  readonly answerFields: readonly string[];
  readonly everyAnswer: readonly EveryAnswer[];
  readonly fieldRules: FieldRules;
  /** Makes links to a backend links to the API. */
  readonly rewriteOwnLink: RewriteOwnLink;
  readonly conceal: Concealment | undefined;
  /** Undefined where no connection leaves HTTP. */
  readonly switching: Switching | undefined;
  readonly keeping: Keeping | undefined;
  readonly leave: readonly ((known: LeaveFacts) => void)[];
  readonly upstream: Upstream;
  /** The Host field that the backend is told: `keep`, `target`, or a name. */
  readonly upstreamHost: string;
  /** How much of an answer is held to be read. */
  readonly mostAnswerBytes: number;
  /** Whether GETs are answered with a strong validator, and with 304 to who has it. */
  readonly entityTags: boolean;
  /** What only the backend's answer can decide, in words. */
  readonly onAnswer: readonly string[];
}

/**
 * An operation under the modes that hold for it. Steps that are off are left out here, so that they
 * cost nothing; a change of modes lays a new course and compiles nothing.
 */
export interface Course {
  readonly operation: CompiledOperation;
  readonly modes: ModeRow;
  readonly steps: readonly RunStep[];
  readonly answers: readonly RunAnswer[];
  /** Those that rewrite links in header fields. */
  readonly linkRewriters: readonly RunAnswer[];
  /** Some step may read a successful answer, which must then come in plain bytes and whole. */
  readonly readsSuccess: boolean;
  /** Some step must see the answer even where only its head is asked for. */
  readonly readsAlways: boolean;
  /** Picks what the steps look at; undefined where some of them look at all of an answer. */
  readonly pick: PickJson | undefined;
}

export function layCourse(operation: CompiledOperation, modes: ModeRow): Course {
  const runs = ({ mode }: { readonly mode: string | undefined }): boolean =>
    mode === undefined || constantMode(modes, mode) !== "off";
  const answers = operation.answers.filter(runs);
  return Object.freeze<Course>({
    operation,
    modes,
    steps: Object.freeze(operation.steps.filter(runs)),
    answers: Object.freeze(answers),
    linkRewriters: Object.freeze(answers.filter(({ check }) => check.link !== undefined)),
    readsSuccess: operation.entityTags || answers.some(({ check }) => check.readsSuccess === true),
    readsAlways: answers.some(({ check }) => check.readsAlways === true),
    pick: pickOf(answers),
  });
}

function pickOf(answers: readonly RunAnswer[]): PickJson | undefined {
  const readers = answers.filter(({ check }) => check.body !== undefined);
  const places = readers.map(({ check }) => check.looksAt);
  return places.includes(undefined)
    ? undefined
    : compilePickJson(places.flatMap((one) => one ?? []));
}

function constantMode(modes: ModeRow, key: string): Mode | undefined {
  const decision = modes[key];
  if (decision === undefined) throw new Error(`no mode is set by the key '${key}'`);
  return decision.constant;
}
