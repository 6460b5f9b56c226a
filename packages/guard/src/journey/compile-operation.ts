import type { AnswerCheck, Check } from "../controls/check.ts";
import type { ApiAt, OperationAt } from "../controls/compile-context.ts";
import type { AnyCompiled, AnyControl, PlacedStep } from "../controls/order-builder.ts";
import type { Operation } from "../document/api-document.ts";
import { compileResponses, noResponses } from "../document/responses.ts";
import type { Fact } from "../facts/facts.ts";
import { compileMode, type HeldMode, type ModeRow } from "../facts/mode.ts";
import type { Stages } from "../facts/stage.ts";
import type { OperationPlanOf } from "../policy/plan.ts";
import type { Upstream } from "../ports/upstream.ts";
import type { CompiledOperation, RunAnswer, RunStep } from "./course.ts";
import { FieldRules } from "./field-rules.ts";
import type { RewriteOwnLink } from "./own-links.ts";
import { singleFields } from "./single-fields.ts";

/** The order of the journey, as the compiler needs it. */
export interface StepOrder {
  readonly controls: readonly AnyControl[];
  readonly first: readonly PlacedStep[];
  readonly request: readonly PlacedStep[];
  readonly answer: readonly PlacedStep[];
}

type ByControl = Readonly<Record<string, unknown>>;
type OperationPlan = OperationPlanOf<ByControl>;

/** What all operations of a plan are compiled with. */
export interface CompileParts {
  readonly order: StepOrder;
  /** What each control says of the whole gate, and has opened, by its name. */
  readonly whole: ByControl;
  readonly lives: ByControl;
  /** Makes links to a backend links to the API. */
  readonly rewriteOwnLink: RewriteOwnLink;
}

/** One operation of an API, or what no document names. */
export interface OperationSource {
  readonly plan: OperationPlan;
  readonly operation: Operation | undefined;
  readonly api: ApiAt | undefined;
  readonly apiVersion: string | undefined;
  readonly upstream: Upstream;
  readonly upstreamHost: string;
}

/** Compiles what every control does at one operation, and puts its steps in their order. */
export function compileOperation(source: OperationSource, parts: CompileParts): CompiledOperation {
  const { api, operation, plan, upstream } = source;
  const responses = operation === undefined ? noResponses : compileResponses(operation);
  const compiled = new Map<AnyControl, AnyCompiled>();
  for (const control of parts.order.controls) {
    const at: OperationAt<unknown, unknown> = {
      name: plan.name,
      operation,
      api,
      responses,
      anonymous: plan.anonymous,
      live: parts.lives[control.name],
      whole: parts.whole[control.name],
    };
    const one = control.compile?.(plan.controls[control.name] as never, at as never);
    if (one !== undefined) compiled.set(control, one);
  }
  const all = [...compiled.values()];
  const everyAnswer = all.flatMap((one) => one.everyAnswer ?? []);
  const answerFields = all.flatMap((one) => one.answerFields ?? []);
  return Object.freeze<CompiledOperation>({
    name: plan.name,
    pathTemplate: operation?.pathTemplate,
    apiVersion: source.apiVersion,
    unchecked: operation?.unchecked,
    issuer: api?.issuer === true,
    steps: runSteps(parts.order.request, (control) => compiled.get(control)?.request),
    answers: runAnswers(parts.order.answer, (control) => compiled.get(control)?.answer),
    responses,
    answerFields,
    everyAnswer,
    fieldRules: fieldRulesOf([
      ...everyAnswer.flatMap(({ replaces }) => replaces),
      ...singleNamesOf(answerFields),
    ]),
    rewriteOwnLink: parts.rewriteOwnLink,
    conceal: all.find((one) => one.conceal !== undefined)?.conceal,
    switching: all.find((one) => one.switching !== undefined)?.switching,
    keeping: all.find((one) => one.keeping !== undefined)?.keeping,
    leave: all.flatMap((one) => one.leave ?? []),
    upstream,
    upstreamHost: source.upstreamHost,
    mostAnswerBytes: plan.mostAnswerBytes,
    entityTags: plan.entityTags && operation?.method === "GET",
    onAnswer: onAnswerWords(plan, parts),
  });
}

/** Where gate and backend both say what may be said once, the gate is heard. */
const singleNamesOf = (flat: readonly string[]): string[] =>
  flat
    .filter((_, index) => index % 2 === 0)
    .map((name) => name.toLowerCase())
    .filter((name) => singleFields.has(name));

type ChecksOf = (control: AnyControl) => ByControl | undefined;

/** The steps that a control has compiled, in the order of the journey. */
export function runSteps(placed: readonly PlacedStep[], checksOf: ChecksOf): readonly RunStep[] {
  const steps = placed.flatMap(({ control, facts, step }): RunStep[] => {
    const check = checksOf(control)?.[step] as Check<Fact, Fact> | undefined;
    return check === undefined ? [] : [{ title: facts.title, mode: facts.mode, check }];
  });
  return Object.freeze(steps.map((step) => Object.freeze(step)));
}

function runAnswers(placed: readonly PlacedStep[], checksOf: ChecksOf): readonly RunAnswer[] {
  const answers = placed.flatMap(({ control, facts, step }): RunAnswer[] => {
    const check = checksOf(control)?.[step] as AnswerCheck<Fact, Fact> | undefined;
    return check === undefined ? [] : [{ title: facts.title, mode: facts.mode, check }];
  });
  return Object.freeze(answers.map((answer) => Object.freeze(answer)));
}

function onAnswerWords({ controls }: OperationPlan, { order, whole }: CompileParts): string[] {
  return order.controls.flatMap((control) => [
    ...(control.words?.onAnswer?.(controls[control.name] as never, whole[control.name] as never) ??
      []),
  ]);
}

const knownRules = new Map<string, FieldRules>();

/** One table for all operations with the same rules: each remembers the names it has seen. */
function fieldRulesOf(replaced: readonly string[]): FieldRules {
  const key = replaced.join("\n");
  let rules = knownRules.get(key);
  if (rules === undefined) {
    rules = new FieldRules(replaced);
    knownRules.set(key, rules);
  }
  return rules;
}

/** The modes of one operation, ready to be asked. */
export function compileModeRow(
  { modes, name }: { readonly name: string; readonly modes: Readonly<Record<string, HeldMode>> },
  stages: Stages | undefined,
): ModeRow {
  const row = Object.entries(modes).map(([key, rule]) => [
    key,
    compileMode(rule, `${name}\n${key}`, stages),
  ]);
  return Object.freeze(Object.fromEntries(row)) as ModeRow;
}
