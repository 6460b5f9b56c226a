import assert from "node:assert/strict";
import { test } from "node:test";
import type { Incident } from "../../packages/server/src/watch/incidents/incident.ts";
import type { ResponseAct } from "../../packages/server/src/watch/responses/response.ts";
import { type RespondingGate, startRespondingGate, tokenOf } from "./responding-gate.ts";

const tool = { "X-Tool": "1" };

async function guess(gate: RespondingGate, times: number, fields = {}): Promise<string[]> {
  const codes: string[] = [];
  for (let count = 0; count < times; count += 1) {
    const told = await gate.ask("/login", { body: { username: `u${codes.length}` }, fields });
    codes.push(told.code ?? String(told.status));
  }
  return codes;
}

async function enumerate(gate: RespondingGate, token: string): Promise<Incident> {
  for (let id = 0; id < 20; id += 1) await gate.ask(`/orders/${id}`, { token });
  return incidentOf(gate, "enumeration");
}

function incidentOf({ attacks }: RespondingGate, kind: string): Incident {
  const found = attacks.all().find((one) => one.kind === kind);
  assert.ok(found !== undefined, `there is an incident of the kind ${kind}`);
  return found;
}

const respond = ({ attacks }: RespondingGate, incident: Incident, act: ResponseAct) =>
  attacks.responding.respond(incident, { act, forMs: 600_000, by: "admin:eve", reason: "a test" });

test("pressure lets one program pay, leaves another one at the same address alone, and is undone", async () => {
  const gate = await startRespondingGate();
  try {
    await guess(gate, 120, tool);
    const incident = incidentOf(gate, "credential-stuffing");
    const done = await respond(gate, incident, "pressure");
    assert.equal(done.key.kind, "client");
    const pressed = await guess(gate, 40, tool);
    assert.ok(pressed.filter((code) => code === "usage-abnormal").length >= 20, pressed.join());
    assert.deepEqual(new Set(await guess(gate, 20)), new Set(["401"]), "another program");
    await gate.attacks.responding.undo(incident.id, done.id, "admin:eve");
    assert.deepEqual(new Set(await guess(gate, 20, tool)), new Set(["401"]), "it is undone");
    const told = gate.attacks.find(incident.id)?.done ?? [];
    assert.deepEqual(
      told.map(({ action, mode }) => [action, mode]),
      [
        ["pressure", "enforce"],
        ["undo", "enforce"],
      ],
    );
    assert.match(told[0]?.undo ?? "", /incidents undo i-.* --response r-/);
    assert.doesNotMatch(JSON.stringify(gate.attacks.all().map(({ done: all }) => all)), /127\.0/);
  } finally {
    await gate.close();
  }
});

test("who must step up is let in by a fresh sign-in, and where tokens tell none nobody is locked out", async () => {
  const gate = await startRespondingGate();
  const before = Math.floor(Date.now() / 1000) - 3600;
  const eve = tokenOf("eve", { auth_time: before });
  try {
    const done = await respond(gate, await enumerate(gate, eve), "stepUp");
    assert.equal(done.key.kind, "subject");
    const refused = await gate.ask("/me", { token: eve });
    assert.deepEqual([refused.status, refused.code], [401, "step-up-needed"]);
    assert.match(refused.challenge ?? "", /insufficient_user_authentication.*max_age="\d+"/);
    assert.equal((await gate.ask("/login", { token: eve, body: {} })).code, undefined, "a way in");
    const again = tokenOf("eve", { auth_time: Math.ceil(Date.now() / 1000) });
    assert.equal((await gate.ask("/me", { token: again })).status, 200);
    assert.equal((await gate.ask("/me", { token: tokenOf("ann") })).status, 200, "somebody else");
    assert.equal((await gate.ask("/me", { token: tokenOf("eve") })).status, 200, "tells no time");
    const decided = gate.records.at(-1)?.decisions ?? [];
    assert.deepEqual(
      decided.map(({ code, mode }) => [code, mode]),
      [["step-up-needed", "observe"]],
    );
  } finally {
    await gate.close();
  }
});

test("revoking refuses what was given until now, tells whose it was, and lets in what is given later", async () => {
  const gate = await startRespondingGate();
  const eve = tokenOf("eve", { sid: "s-1" });
  try {
    await respond(gate, await enumerate(gate, eve), "revoke");
    assert.equal((await gate.ask("/me", { token: eve })).code, "token-revoked");
    assert.deepEqual(
      gate.held.map(({ sessionId, subject }) => [subject, sessionId]),
      [["eve", "s-1"]],
    );
    const later = tokenOf("eve", {}, -2);
    assert.equal((await gate.ask("/me", { token: later })).status, 200);
    assert.equal((await gate.ask("/me", { token: tokenOf("ann") })).status, 200);
  } finally {
    await gate.close();
  }
});

test("a quarantined program is refused where it attacked, and elsewhere goes on", async () => {
  const gate = await startRespondingGate();
  const eve = tokenOf("eve");
  try {
    const done = await respond(gate, await enumerate(gate, eve), "quarantine");
    assert.equal(done.key.kind, "client", "a person is not what is quarantined");
    const refused = await gate.ask("/orders/77", { token: eve });
    assert.deepEqual([refused.status, refused.code], [429, "usage-abnormal"]);
    assert.equal((await gate.ask("/me", { token: eve })).status, 200);
    assert.equal((await gate.ask("/orders/77", { token: eve, fields: tool })).status, 404);
  } finally {
    await gate.close();
  }
});

const settings = (mode: string): string => `detect: { enumeration: { mode: ${mode} } }
respond:
  enumeration: [{ do: stepUp, for: 10m }, { do: quarantine, mode: observe }]
`;

test("a detector that enforces responds by itself once, and one that observes says what it would have done", async () => {
  for (const [mode, modes] of [
    ["enforce", ["enforce", "observe"]],
    ["observe", ["observe", "observe"]],
  ] as const) {
    const gate = await startRespondingGate(settings(mode));
    const eve = tokenOf("eve", { auth_time: 1 });
    try {
      const { id } = await enumerate(gate, eve);
      for (let tries = 0; tries < 100; tries += 1) {
        if ((gate.attacks.find(id)?.done.length ?? 0) >= 2) break;
        await new Promise((resolve) => setImmediate(resolve));
      }
      const done = gate.attacks.find(id)?.done ?? [];
      assert.deepEqual(
        done.map((one) => [one.action, one.mode]),
        [
          ["stepUp", modes[0]],
          ["quarantine", modes[1]],
        ],
      );
      const { status } = await gate.ask("/me", { token: eve });
      assert.equal(status, mode === "enforce" ? 401 : 200);
      assert.equal((await gate.attacks.responding.of(id)).length, mode === "enforce" ? 1 : 0);
    } finally {
      await gate.close();
    }
  }
});
