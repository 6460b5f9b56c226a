import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { documentOf, startChangingGate, until } from "./changing-gate.ts";

const serves = "the changed policy serves";
const refused = "the old one serves";

test("a broken policy, and a broken document, change nothing, and what mends them is read", async () => {
  const gate = await startChangingGate();
  try {
    gate.write("openapi.yaml", "openapi: [");
    await gate.saying(refused);
    assert.equal(await gate.get("/first"), 200);
    gate.write("openapi.yaml", documentOf("first", "second"));
    await gate.saying(serves);
    assert.equal(await gate.get("/second"), 200);
    gate.write("portcullis.yaml", gate.policy("mood: good"));
    await gate.saying(refused, 2);
    assert.equal(await gate.get("/second"), 200);
    assert.equal(await gate.metric("portcullis_policy_reloads_refused_total"), 2);
  } finally {
    gate.close();
  }
});

test("while policies change, nobody who calls without pause is failed", async () => {
  const gate = await startChangingGate();
  const state = { isOver: false, served: 0 };
  const failed: string[] = [];
  const call = async (): Promise<void> => {
    while (!state.isOver) {
      const status = await gate.get("/first").catch((fault: Error) => fault.message);
      if (status === 200) state.served += 1;
      else failed.push(String(status));
    }
  };
  try {
    const calling = Promise.all(Array.from({ length: 8 }, call));
    for (let count = 1; count <= 6; count += 1) {
      gate.process.kill("SIGHUP");
      await gate.saying(serves, count);
    }
    state.isOver = true;
    await calling;
    assert.deepEqual(failed, []);
    assert.ok(state.served > 100, String(state.served));
  } finally {
    state.isOver = true;
    gate.close();
  }
});

test("a file that a document refers to is read again when it is saved; when it is deleted, that is said and the old plan serves", async () => {
  const gate = await startChangingGate();
  const item = (method: string): string =>
    `${method}: { operationId: other, responses: { "200": { description: ok } } }\n`;
  try {
    gate.write("other.yaml", item("get"));
    gate.write("openapi.yaml", `${documentOf("first")}  /other: { $ref: ./other.yaml }\n`);
    await gate.saying(serves);
    assert.equal(await gate.get("/other"), 200);
    gate.write("other.yaml", item("put"));
    await gate.saying(serves, 2);
    assert.equal(await gate.get("/other"), 405);
    rmSync(join(gate.directory, "other.yaml"));
    await gate.saying(refused);
    assert.match(gate.said(), /other\.yaml.*the file does not exist/);
    assert.equal(await gate.get("/first"), 200);
    gate.write("other.yaml", item("get"));
    await gate.saying(serves, 3);
    assert.equal(await gate.get("/other"), 200);
  } finally {
    gate.close();
  }
});

test("a secret's file is read again when it is saved, and where it is not there the old secret serves", async () => {
  const gate = await startChangingGate();
  const point = `decisionPoints: { who: { url: "http://127.0.0.1:9/who", form: authzen, token: { file: secret } } }`;
  try {
    gate.write("secret", "one");
    gate.write("portcullis.yaml", gate.policy(point));
    await gate.saying(serves);
    gate.write("secret", "another one");
    await gate.saying(serves, 2);
    rmSync(join(gate.directory, "secret"));
    await gate.saying("what file names cannot be read (ENOENT)");
    assert.equal(await gate.get("/first"), 200);
  } finally {
    gate.close();
  }
});

test("where one gate thread cannot serve by a changed policy, none does", async () => {
  const gate = await startChangingGate({
    threads: 2,
    preload: `if (isGate) setInterval(() => {
  const { existsSync } = require("node:fs");
  if (!existsSync("broken-" + (threadId % 2))) return;
  require("node:v8").deserialize = () => { throw new Error("there is no room for it"); };
  require("node:module").syncBuiltinESMExports();
}, 20).unref();`,
  });
  try {
    gate.write("broken-0", "");
    await new Promise((resolve) => setTimeout(resolve, 500));
    gate.write("openapi.yaml", documentOf("second"));
    await gate.saying(
      "the changed policy is not used, the old one serves: there is no room for it",
    );
    for (let count = 0; count < 40; count += 1) assert.equal(await gate.get("/first"), 200);
    for (let count = 0; count < 40; count += 1) assert.equal(await gate.get("/second"), 404);
  } finally {
    gate.close();
  }
});

test("while a policy is read, which may take long, everybody is answered; what is saved meanwhile is read too", async () => {
  const gate = await startChangingGate({
    preload: `if (!isMainThread && !isGate) {
  const { existsSync, writeFileSync } = require("node:fs");
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const { deserialize, serialize } = require("node:v8");
  require("node:v8").serialize = (value) => {
    writeFileSync("has-read", "");
    while (existsSync("hold")) Atomics.wait(cell, 0, 0, 20);
    return serialize(value);
  };
  require("node:module").syncBuiltinESMExports();
}`,
  });
  try {
    rmSync(join(gate.directory, "has-read"));
    gate.write("hold", "");
    gate.write("openapi.yaml", documentOf("second"));
    await until(async () => existsSync(join(gate.directory, "has-read")), gate.said);
    // Reading goes on, and nobody else is held up by it.
    for (let count = 0; count < 20; count += 1) {
      assert.equal(await gate.admin("/healthz"), "ok\n");
      assert.equal(await gate.get("/first"), 200);
    }
    gate.write("openapi.yaml", documentOf("third"));
    rmSync(join(gate.directory, "hold"));
    await gate.saying(serves, 2);
    assert.equal(await gate.get("/third"), 200);
  } finally {
    gate.close();
  }
});
