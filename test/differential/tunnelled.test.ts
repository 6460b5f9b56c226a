import assert from "node:assert/strict";
import { test } from "../parts/test.ts";
import type { Backend } from "./backends/backend.ts";
import { openExpress4, openExpress5 } from "./backends/express.ts";
import { openPhp } from "./backends/outside.ts";
import { readReport } from "./judged.ts";
import { openJudgingGate } from "./judging-gate.ts";
import { bytesOf, type RawRequest } from "./raw-request.ts";

const form = "application/x-www-form-urlencoded";
/** A POST of each kind that stands for another method, and where the policy says so. */
const sent: readonly (readonly [from: string, handler: string, Partial<RawRequest>])[] = [
  ["query._method", "deleteUser", { query: ["_method=DELETE"] }],
  ["query._method", "deleteUser", { query: ["%5Fmethod=delete"] }],
  ["query._method", "touchUser", { fields: [["Content-Type", form]], body: "role=user" }],
  [
    "header.X-HTTP-Method-Override",
    "deleteUser",
    { fields: [["x-http-method-override", "DELETE"]] },
  ],
  ["body._method", "deleteUser", { fields: [["Content-Type", form]], body: "&_method=delete&" }],
  [
    "body._method",
    "deleteUser",
    { fields: [["Content-Type", "application/json"]], body: '{"_method":"DELETE"}' },
  ],
  ["body._method", "touchUser", { fields: [["Content-Type", form]], body: "role=user&note=a+b" }],
  [
    "body._method",
    "putUser",
    {
      fields: [["Content-Type", "application/json"]],
      body: '{"name":"n","_method":"PUT","age":7}',
    },
  ],
];

async function tunnel(backend: Backend, dialect: string): Promise<void> {
  try {
    for (const [from, handler, rest] of sent) {
      const gate = await openJudgingGate(backend.target, dialect, from);
      const request: RawRequest = {
        method: "POST",
        path: ["users", "7"],
        query: [],
        fields: [],
        body: undefined,
        chunked: false,
        families: [],
        ...rest,
      };
      const { answered, record } = await gate.send(bytesOf(request));
      await gate.close();
      const understood = readReport(answered?.text ?? "{}");
      const what = `${from} ${bytesOf(request).toString()} ${record?.code}`;
      assert.deepEqual([record?.operation, understood.handler], [handler, handler], what);
      assert.equal(understood.path?.["id"], "7");
      const { name, role } = (understood.body ?? {}) as Record<string, unknown>;
      assert.equal(name, handler === "putUser" ? "n" : undefined, what);
      if (handler === "touchUser") assert.equal(role, "user", what);
    }
  } finally {
    await backend.close();
  }
}

for (const [framework, open] of [
  ["Express 4", openExpress4],
  ["Express 5", openExpress5],
] as const)
  test(`a method that is tunnelled as the policy says is what ${framework} does`, async () =>
    tunnel(await open(), "express"));

test(
  "a method that is tunnelled as the policy says is what PHP does",
  { needs: ["php"] },
  async ({ php }) => tunnel(await openPhp(php), "laravel"),
);
