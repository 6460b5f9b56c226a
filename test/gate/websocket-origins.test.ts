import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type SocketGate, startSocketGate } from "./socket-gate.ts";

const gates: SocketGate[] = [];
after(() => Promise.all(gates.map((gate) => gate.close())));

const cors = "cors: { origins: [https://app.example] }\n";
const anybody = 'cors: { origins: ["*"] }\n';
const publicUrl = "publicUrl: https://api.example\nhosts: [localhost, 127.0.0.1]\n";
const cookie = { Cookie: "session=1" };

/** Whether a page of this origin may open a WebSocket, and what else its browser sends. */
const table: readonly (readonly [
  policy: string,
  origin: string | undefined,
  fields: Readonly<Record<string, string>>,
  passes: boolean,
])[] = [
  [cors, undefined, {}, true],
  [cors, "https://app.example", cookie, true],
  [cors, "https://evil.example", {}, false],
  [cors, "https://app.example.evil.example", {}, false],
  [cors, "http://app.example", {}, false],
  [cors, "https://APP.example", {}, false],
  [cors, "null", {}, false],
  [`${cors}${publicUrl}`, "https://api.example", cookie, true],
  [`${cors}${publicUrl}`, "https://api.example:8443", {}, false],
  [publicUrl, "https://api.example", cookie, true],
  // Without `cors` a page of another origin gets nothing from what a browser adds by itself.
  [publicUrl, "https://evil.example", cookie, false],
  [publicUrl, "https://evil.example", { Authorization: "Basic YTpi" }, false],
  [publicUrl, "https://evil.example", {}, true],
  ["", "https://evil.example", cookie, false],
  ["", "https://evil.example", {}, true],
  // A browser sends cookies with every handshake, whatever `cors` says of credentials.
  [anybody, "https://evil.example", {}, true],
  [anybody, "https://evil.example", cookie, false],
];

for (const [policy, origin, fields, passes] of table)
  test(`${passes ? "passes" : "is refused"}: Origin ${origin ?? "absent"} with ${Object.keys(fields).join() || "nothing more"} under ${policy.replaceAll("\n", " ") || "no cors"}`, async () => {
    const gate = await startSocketGate({ policy });
    gates.push(gate);
    const headers = { ...fields, ...(origin === undefined ? {} : { Origin: origin }) };
    if (passes) (await gate.open("/live", { headers })).terminate();
    else {
      await assert.rejects(gate.open("/live", { headers }), /403/);
      assert.equal(gate.asked.length, 0);
      assert.equal(gate.records[0]?.code, "origin-refused");
    }
  });

test("the origin that a handshake was sent to is its own, by the scheme of the connection", async () => {
  const gate = await startSocketGate({ policy: cors });
  gates.push(gate);
  const own = `http://127.0.0.1:${gate.port}`;
  (await gate.open("/live", { headers: { Origin: own } })).terminate();
  await assert.rejects(gate.open("/live", { headers: { Origin: `http://127.0.0.1` } }), /403/);
});

test("a foreign origin that is only observed passes, and is recorded", async () => {
  const gate = await startSocketGate({ policy: `mode: observe\n${cors}` });
  gates.push(gate);
  const socket = await gate.open("/live", { headers: { Origin: "https://evil.example" } });
  socket.terminate();
  const [opened] = gate.records;
  assert.equal(opened?.status, 101);
  assert.deepEqual(
    opened?.decisions.map(({ code, mode }) => [code, mode]),
    [["origin-refused", "observe"]],
  );
});
