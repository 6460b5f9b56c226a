import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";
import { documentOf } from "./app.ts";
import { apps } from "./apps.ts";
import { learn } from "./learn-of.ts";

/** What is proposed of each application, without the reasons. */
const proposed: Readonly<Record<string, readonly string[]>> = {
  shop: ["sealedIds:", "  order: { parameters: [orderId], properties: [Order/id] }"],
  notebook: [
    "- match: listComments",
    "  owner: { response: /comments/*/author/id, is: token.sub, foreign: filter }",
  ],
  // Boards are shared by their members, and posts are named by words.
  boardroom: [],
  feed: [],
};

const remark =
  /^( *)# (sealedIds:|  \w+: \{ parameters: .*|- match: listComments|  owner: .*filter \})$/gm;

for (const app of apps.filter(({ name }) => Object.hasOwn(proposed, name)))
  test(`${app.name}: what answers suggest and cannot prove stands as remarks, each understood once it is taken in`, async (context) => {
    const { fragment } = await learn(app, context);
    assert.deepEqual(
      [...fragment.matchAll(remark)].map(([, , line]) => line),
      proposed[app.name],
    );
    const [before = ""] = app.policy.split(/^(?:writable|provenance|operations):/m);
    const directory = mkdtempSync(join(tmpdir(), "portcullis-proposals-"));
    const file = join(directory, "portcullis.yaml");
    writeFileSync(join(directory, "openapi.json"), documentOf(app));
    const taken = `${before}${fragment.replaceAll(remark, "$1$2")}`;
    writeFileSync(file, taken.replace("UPSTREAM", "http://127.0.0.1:9"));
    const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
    assert.ok(plan !== undefined, faults.map(({ message }) => message).join("\n"));
  });
