import assert from "node:assert/strict";
import { test } from "node:test";
import { app } from "./controls/app/control.ts";
import { authentication } from "./controls/authentication/control.ts";
import { binding } from "./controls/binding/control.ts";
import { contract } from "./controls/contract/control.ts";
import { disclosure } from "./controls/disclosure/control.ts";
import { entry } from "./controls/entry/control.ts";
import { host } from "./controls/host/control.ts";
import { impersonation } from "./controls/impersonation/control.ts";
import { limit } from "./controls/limit/control.ts";
import { Order } from "./controls/order-builder.ts";
import { ownership } from "./controls/ownership/control.ts";
import { protocol } from "./controls/protocol/control.ts";
import { provenance } from "./controls/provenance/control.ts";
import { sealedIds } from "./controls/sealed-ids/control.ts";
import { version } from "./controls/version/control.ts";
import type { Fact } from "./facts/facts.ts";
import { order } from "./order.ts";

const arrived = Order.begin().beforeRoute(protocol, "arrive");
const routed = arrived
  .beforeRoute(limit, "admission")
  .beforeRoute(host, "judge")
  .beforeRoute(version, "select")
  .route();
const called = routed
  .step(app, "identify")
  .step(authentication, "authenticate")
  .step(binding, "prove")
  .step(impersonation, "take");
const acted = called.step(impersonation, "act");

// Each line below is an order that is wrong. It is a fault of the types where one of them compiles.
test("a journey in the wrong order does not compile", () => {
  // @ts-expect-error a limit by user before the caller is known would stop strangers
  routed.step(app, "identify").step(limit, "beforeBody");
  // @ts-expect-error a stolen token would use up the limit of whom it was stolen from
  routed.step(app, "identify").step(authentication, "authenticate").step(limit, "beforeBody");
  // @ts-expect-error who acts for a thousand people would have their limits and not its own
  called.step(limit, "beforeBody");
  // @ts-expect-error whoever acts for somebody would enter as itself
  called.step(entry, "enter");
  // @ts-expect-error what costs more than the coarse bound would stand before it
  arrived.beforeRoute(version, "select");
  // @ts-expect-error there is no path to find an operation by
  Order.begin().route();
  // @ts-expect-error the document would be asked about handles in place of ids
  called.step(contract, "parameters");
  // @ts-expect-error whoever may not enter would make the gate read a body
  called.step(sealedIds, "open").step(contract, "parameters").step(contract, "takeBody");
  // @ts-expect-error owners would be judged before the caller may enter at all
  called.step(sealedIds, "open").step(contract, "parameters").step(ownership, "byHead");
  acted
    .step(sealedIds, "open")
    .step(contract, "parameters")
    .step(entry, "enter")
    // @ts-expect-error owners would be judged by another spelling than the backend is sent
    .step(ownership, "byHead");
  const owned = acted
    .step(sealedIds, "open")
    .step(contract, "parameters")
    .step(contract, "writeHead")
    .step(entry, "enter")
    .step(ownership, "byHead");
  // @ts-expect-error what names the owner could be taken from the answer before it is judged
  owned.onAnswer(disclosure, "strip");
  const judged = owned.onAnswer(ownership, "owner");
  // @ts-expect-error ids would be noted as shown that are then taken away
  judged.onAnswer(provenance, "note");
  // @ts-expect-error a request's step behind the answer's
  assert.equal(typeof judged.step, "function");
});

test("every step of the order finds what it needs, and every control has its steps in it", () => {
  const known = new Set<Fact>();
  const walk = (steps: typeof order.first): void => {
    for (const { control, facts, step } of steps) {
      const missing = facts.needs.filter((fact) => !known.has(fact));
      assert.deepEqual(missing, [], `${control.name} ${step}`);
      for (const fact of facts.gives) known.add(fact);
    }
  };
  walk(order.first);
  known.add("envelope").add("pathParameters");
  walk(order.request);
  walk(order.answer);
  for (const phase of ["first", "request", "answer"] as const) {
    const placed = order[phase].map(({ control, step }) => `${control.name} ${step}`);
    const stated = order.controls.flatMap((control) =>
      Object.keys(control[phase] ?? {}).map((step) => `${control.name} ${step}`),
    );
    assert.deepEqual(placed.toSorted(), stated.toSorted());
  }
});
