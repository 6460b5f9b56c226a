import assert from "node:assert/strict";
import { test } from "node:test";
import type { Caller } from "../../facts/caller.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { type Impersonation, ImpersonationTable } from "../../state/impersonations.ts";
import { type ActGives, type ActNeeds, compileAct, openActing } from "./act.ts";
import type { Known } from "../../facts/facts.ts";
import { problems } from "./problems.ts";

const sam: Caller = {
  subject: "sam",
  source: "issuer",
  key: "sam",
  elsewhere: false,
  clientId: "desk",
  scopes: [],
  roles: ["support"],
  tier: undefined,
  deviceId: undefined,
  boundKey: undefined,
  boundCertificate: undefined,
  sessionId: undefined,
  accountVersion: undefined,
  tokenId: undefined,
  issuedAtSeconds: 0,
  expiresAtSeconds: 10_000,
  claims: {},
};
const session: Impersonation = {
  id: "s-1",
  actor: "sam",
  subject: "ann",
  reason: "INC-1",
  begunAtMs: 1_000_000,
  untilMs: 2_000_000,
  roles: undefined,
  tier: undefined,
  accountVersion: undefined,
};

test("what outlasts its request is over with the session, its taking back, and either revocation", () => {
  const table = new ImpersonationTable([session]);
  const revoked = new Set<string>();
  let doubt: Refusal | undefined;
  const act = compileAct(
    openActing(
      {
        who: [{ source: "issuer", roles: ["support"], scopes: [], clients: [] }],
        header: "Acting-For",
        reason: "Acting-Reason",
        tokens: [],
        of: "issuer",
        separate: false,
        accounts: true,
        subject: undefined,
        granted: false,
        never: [],
        keepsRoles: undefined,
        keepsScopes: undefined,
        forMs: 1,
        mostADay: 1,
      },
      { find: (asked) => table.find(asked), begin: () => assert.fail("it has begun") },
      undefined,
      {
        revocations: {
          check: ({ key }) =>
            revoked.has(key) ? refuse(problems["impersonation-refused"]) : undefined,
        },
      },
    ),
    undefined,
  );
  const known = {
    actingAsked: { names: ["ann"], reasons: ["INC-1"], isMisspelt: false },
    arrival: { method: "GET" },
    believes: () => doubt,
    caller: sam,
    clockDoubtSeconds: 0,
    receivedAtMs: 1_000_000,
  } as unknown as Known<ActNeeds, ActGives>;
  assert.equal(act(known), undefined);
  assert.equal(known.caller?.subject, "ann");
  assert.equal(known.caller?.expiresAtSeconds, 2000, "the session's end, which is sooner");
  const believed = (nowSeconds: number, doubtSeconds = 0): string | undefined =>
    known.believes?.("token", nowSeconds, doubtSeconds)?.problem.code;
  assert.equal(believed(1999), undefined);
  assert.equal(believed(1999, 1), "impersonation-ended", "by the clock that may be right");
  assert.equal(believed(2000), "impersonation-ended");
  revoked.add("ann");
  assert.equal(believed(1999), "impersonation-subject-refused");
  revoked.clear();
  table.replace([]);
  assert.equal(believed(1999), "impersonation-ended", "an administrator has ended it");
  table.replace([session]);
  assert.equal(believed(1999), undefined);
  doubt = refuse(problems["impersonation-unavailable"]);
  assert.equal(believed(1999), "impersonation-unavailable", "who acts is believed no more");
});

test("a session that has begun here is known though what was read just before does not have it", () => {
  const table = new ImpersonationTable();
  assert.equal(table.find(session), undefined);
  table.add(session);
  table.replace([]);
  assert.equal(table.find(session), session);
  assert.equal(table.find({ ...session, reason: "INC-2" }), undefined);
  assert.equal(table.find({ ...session, actor: "ann", subject: "sam" }), undefined);
});
