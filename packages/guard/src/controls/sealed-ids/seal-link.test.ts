import assert from "node:assert/strict";
import { test } from "node:test";
import { IdSealer } from "./id-sealer.ts";
import { compileOperationTable } from "../../document/operation-table.ts";
import { readTemplate } from "../../document/path-template.ts";
import { linkMark } from "./plan.ts";
import { compileSealOne, sealLink } from "./seal-link.ts";
import type { ReaderFacts, Sealing } from "./sealing.ts";

const sealer = new IdSealer([Buffer.alloc(32, 3)]);
const templates = compileOperationTable(
  ["/v1/accounts/{accountId}", "/v1/accounts/{accountId}/payments", "/v1/payments"].map(
    (pathTemplate) => ({ method: "GET", pathTemplate, value: readTemplate(pathTemplate) }),
  ),
);
const sealing: Sealing = {
  sealer,
  plan: { parameters: { accountId: "account", cursor: "cursor" }, marks: {}, kinds: {} },
  rawAllowed: () => false,
  templateOf: (path, parameters) => templates.match("GET", path, parameters)?.value,
  readerOf: () => "=ann",
};
const known: ReaderFacts = { app: undefined, caller: undefined };
const seal = (kind: string, id: string): string => sealer.seal(kind, "=ann", id);

test("ids in a link are sealed in its path and in its query, each as its own kind, and the rest stays", () => {
  const cases: [string, string][] = [
    ["/v1/accounts/a-1", `/v1/accounts/${seal("account", "a-1")}`],
    [
      "https://api.example/v1/accounts/a-1/payments?cursor=9&limit=5#top",
      `https://api.example/v1/accounts/${seal("account", "a-1")}/payments?cursor=${seal("cursor", "9")}&limit=5#top`,
    ],
    [
      "/v1/payments?accountId=a%2D1&q=a-1",
      `/v1/payments?accountId=${seal("account", "a-1")}&q=a-1`,
    ],
    ["?cursor=17", `?cursor=${seal("cursor", "17")}`],
    ["/elsewhere/a-1", "/elsewhere/a-1"],
  ];
  for (const [link, expected] of cases) assert.equal(sealLink(sealing, known, link), expected);
});

test("a property that is marked as a link is sealed as one, and what is no text there is not shown", () => {
  const sealOne = compileSealOne(sealing, known);
  assert.equal(sealOne(linkMark, "/v1/accounts/a-1"), `/v1/accounts/${seal("account", "a-1")}`);
  assert.equal(sealOne(linkMark, { href: "/v1/accounts/a-1" }), null);
});
