import type { Operation } from "../../document/api-document.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import { readPointer } from "../../reading/json-pointer.ts";
import type { AnswerTest, OwnerMatch, OwnerTest, StateTest } from "./answer-test.ts";
import { isFor } from "./of-methods.ts";
import type { AtomAt } from "./plan-atom.ts";
import type { StateSetting } from "./policy.ts";
import { verifyInAnswer } from "./verify-pointer.ts";

type Place = readonly string[];

/** Methods by which nothing is changed, so that what is public may be public for them. */
const reads: ReadonlySet<string> = new Set(["GET", "HEAD", "QUERY", "OPTIONS"]);

/** What an answer must say for the object to be the caller's. */
export function planOwnerTest(match: OwnerMatch, at: AtomAt): AnswerTest {
  const { context, leaf, operation, place } = at;
  const { response = "/", some = false } = leaf;
  const pointer = readPointer(response);
  if (some && !pointer.includes("*"))
    context.note([...place, "some"], `${response} leads to one value, and not to several`, {
      expected: "response: /members/*/userId, some: true",
    });
  if ("equals" in match && leaf.methods === undefined && !reads.has(operation.method))
    context.note(
      [...place, "equals"],
      `anybody might then ${operation.method} what is ${JSON.stringify(match.equals)}`,
      { expected: "methods: [GET], or the methods by which everybody may change it" },
    );
  const owner: OwnerTest = { pointer, match, some };
  return { owner, states: planStates(leaf, operation, place, context) };
}

/** What is asked of the object's state for this operation's method. */
export function planStates(
  leaf: { readonly when?: StateSetting; readonly except?: StateSetting },
  operation: Operation,
  place: Place,
  context: JoinContext,
): readonly StateTest[] {
  return (["when", "except"] as const).flatMap((kind) => {
    const setting = leaf[kind];
    return setting === undefined || !isFor(setting.methods, operation)
      ? []
      : [planState(kind, setting, [...place, kind], context)];
  });
}

export function planState(
  kind: StateTest["kind"],
  { equals, exceptRoles = [], present, response }: StateSetting,
  place: Place,
  { note }: JoinContext,
): StateTest {
  if ((equals === undefined) === (present === undefined))
    note(place, "a state is told either by what stands there, or by whether anything does", {
      expected: "one of equals: draft, present: true",
    });
  const expects = equals === undefined ? { present: present ?? true } : { equals };
  return { kind, pointer: readPointer(response), expects, exceptRoles };
}

/** A pointer that leads nowhere would refuse everybody, or except nothing. */
export function verifyTest(
  operation: Operation,
  { owner, states }: AnswerTest,
  place: Place,
  context: JoinContext,
): void {
  if (owner !== undefined)
    verifyInAnswer(operation, owner.pointer, [...place, "response"], context);
  for (const { kind, pointer } of states)
    verifyInAnswer(operation, pointer, [...place, kind, "response"], context);
}
