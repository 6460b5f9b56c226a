import assert from "node:assert/strict";
import { test } from "node:test";
import { notYours } from "../../facts/absent.ts";
import type { Refusal } from "../../facts/refusal.ts";
import type { JudgedFacts } from "./judge-atom.ts";
import { compileJudgeRequest } from "./judge-request.ts";
import { compileAtom } from "./owner-atoms.ts";
import type { CompiledClause } from "./owner-clause.ts";
import type { AskShown, Asks, OwnerAtom } from "./owner-rule.ts";

const caller = { source: "issuer", key: "c-1", subject: "c-1", roles: [], claims: {} };
const codeOf = (outcome: unknown): string | undefined =>
  (outcome as Refusal | undefined)?.problem.code;

const judged = (
  atom: Exclude<OwnerAtom, { readonly kind: "response" }>,
  segment: string,
  shown?: AskShown,
): unknown =>
  compileAtom(atom, { grants: undefined, objectsOf: () => [] })(
    { pathParameters: [segment], query: "" } as unknown as JudgedFacts,
    caller,
    {
      shown,
    } as unknown as Asks,
  );

const inPath = { from: "path", index: 0, separator: undefined } as const;

test("the id in the path is the caller's whole, or another's", () => {
  const atom = { kind: "request", place: inPath, is: "token.sub", optional: false } as const;
  assert.equal(judged(atom, "c-1"), undefined);
  for (const segment of ["c-10", "xc-1", "c-1,c-2", "c-1%20", "C-1", "c-", ""])
    assert.equal(codeOf(judged(atom, segment)), "object-not-yours", segment);
});

test("of several ids that are named in one place, every one must be the caller's", () => {
  const place = { ...inPath, separator: "," } as const;
  const atom = { kind: "request", place, is: "token.sub", optional: false } as const;
  assert.equal(judged(atom, "c-1,c-1"), undefined);
  for (const segment of ["c-1,c-2", "c-2,c-1", "c-1,", ","])
    assert.equal(codeOf(judged(atom, segment)), "object-not-yours", segment);
});

test("only what is known to have been shown was shown, whenever that is told", async () => {
  const atom = {
    kind: "provenance",
    objects: "account",
    id: inPath,
    is: "token.sub",
    optional: false,
  } as const;
  for (const [told, code] of [
    [true, undefined],
    [false, "object-not-yours"],
    [undefined, "owner-unknown"],
  ] as const) {
    assert.equal(codeOf(judged(atom, "a-1", () => told)), code, String(told));
    assert.equal(codeOf(await judged(atom, "a-1", () => Promise.resolve(told))), code);
  }
});

test("every clause that only the answer can decide is left for it, and the first refusal stands", () => {
  const clause = (outcome: ReturnType<CompiledClause["judge"]>): CompiledClause => ({
    tell: (refused) => ({ ...refused, rule: "as it says" }),
    early: false,
    judge: () => outcome,
    judgeAnswer: undefined,
    looksAt: undefined,
  });
  const refusal = notYours("another's");
  const pendingAfter = (
    ...outcomes: readonly ReturnType<CompiledClause["judge"]>[]
  ): readonly [unknown, number] => {
    const known = { caller, ownerPending: 0 };
    const judge = compileJudgeRequest(
      outcomes.map((outcome, index) => ({ bit: 2 ** index, clause: clause(outcome) })),
      {} as Asks,
    );
    return [judge(known as unknown as Parameters<typeof judge>[0]), known.ownerPending];
  };
  assert.deepEqual(pendingAfter("deferred", "owned", "deferred"), [undefined, 5]);
  assert.deepEqual(pendingAfter("owned", "owned"), [undefined, 0]);
  assert.deepEqual(pendingAfter("owned", refusal, "deferred"), [
    { ...refusal, rule: "as it says" },
    0,
  ]);
});
