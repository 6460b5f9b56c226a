import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "../../packages/server/src/cli/run.ts";
import { findingLines } from "../../packages/server/src/cli/verbs/check/finding-lines.ts";
import { directory, identity, planned } from "../policy/planned.ts";
import { shopDocument } from "./flow-gate.ts";

const withShop = (operations: string, links = "", before = identity): string => {
  const document = join(directory, `shop-${links.length}.yaml`);
  writeFileSync(document, shopDocument(links));
  return `${before}apis: [{ openapi: ${document}, upstream: "http://127.0.0.1:4000" }]\noperations: [${operations}]\n`;
};
const flow = (text: string, match = "confirmOrder"): string => `{ match: ${match}, flow: ${text} }`;

const order = "{ after: [addToCart, startCheckout], within: 30m, least: 2s }";

/** What nobody could follow, and what is said of it. */
const rows: readonly (readonly [string, RegExp])[] = [
  [flow("{ after: [addToCrt] }"), /step 'addToCrt' is no operation .*Did you mean 'addToCart'/],
  [flow('{ after: ["POST /crt"] }'), /is no operation .*Did you mean 'POST \/cart'/],
  [flow('{ after: ["*"] }'), /step '\*' is no operation/],
  [flow("{ after: [addToCart, addToCart] }"), /'addToCart' stands twice/],
  [
    flow("{ after: [confirmOrder] }"),
    /nobody can begin: 'POST \/orders' comes after 'confirmOrder'/,
  ],
  [
    `${flow("{ after: [startCheckout] }")}, ${flow("{ after: [confirmOrder] }", "startCheckout")}`,
    /nobody can begin: 'POST \/checkout' comes after 'confirmOrder', which comes after it/,
  ],
  [flow("{ after: [addToCart], within: 1m, least: 2m }"), /nobody can be in time: 1 times 120 s/],
  [flow("{ after: [addToCart, startCheckout], within: 3s, least: 2s }"), /nobody can be in time/],
  [flow("{ after: [addToCart], within: 0s }"), /no step is ever in time/],
  [flow("{ after: [addToCart] }", "getStatus"), /anybody may enter 'GET \/status'/],
];

test("what nobody could follow is refused, at its place", async () => {
  for (const [operations, said] of rows) {
    const { faults, plan } = await planned(withShop(operations));
    assert.equal(plan, undefined, operations);
    assert.match(faults.join("\n"), said);
  }
  const many = Array.from({ length: 9 }, (_, index) => `o${index}`).join();
  assert.match((await planned(withShop(flow(`{ after: [${many}] }`)))).faults.join(), /at most 8/);
  const nobody = await planned(withShop(flow(order), "", "mode: observe\n"));
  assert.match(nobody.faults.join("\n"), /no issuer is named/);
  assert.ok((await planned(withShop(flow(order)))).plan !== undefined);
});

test("a closer entry takes the steps away", async () => {
  const { of } = await planned(
    withShop(`${flow(order, "{ path: /orders }")}, ${flow("none", "confirmOrder")}`),
  );
  assert.equal((of("confirmOrder").controls as { flow: { entry?: number } }).flow.entry, undefined);
});

const linkTo = (link: string): string => `{ "200": { description: ok, links: { next: ${link} } } }`;

test("a flow that the document's links contradict is named", async () => {
  const found = async (operations: string, links: string): Promise<string> => {
    const { faults, plan } = await planned(withShop(operations, links));
    assert.ok(plan !== undefined, faults.join("\n"));
    return findingLines(plan).join("\n");
  };
  for (const link of ["{ operationId: confirmOrder }", '{ operationRef: "#/paths/~1orders/post" }'])
    assert.match(
      await found(flow(order), linkTo(link)),
      /a flow with a step that the document's links skip/,
      link,
    );
  assert.match(
    await found(
      flow("{ after: [startCheckout, addToCart] }"),
      linkTo("{ operationId: startCheckout }"),
    ),
    /against the document's links/,
  );
  for (const link of ["{ operationId: startCheckout }", "{ operationId: getStatus }", "{}", "7"])
    assert.doesNotMatch(await found(flow(order), linkTo(link)), /links/, link);
});

test("explain names the steps that the session must have taken", async () => {
  const file = join(directory, "explained.yaml");
  writeFileSync(file, `portcullis: 1\n${withShop(flow(order))}`);
  let out = "";
  await run(["explain", "POST /orders", "--config", file, "--claims", '{"sub":"c-1"}'], {
    out: (text) => void (out += text),
    error: () => undefined,
  });
  assert.match(
    out,
    /flow .*whether this session has taken addToCart, then startCheckout, in this order, 1800 s ago at most and with 2 s after each/,
  );
});
