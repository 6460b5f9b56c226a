import assert from "node:assert/strict";
import { test } from "node:test";
import { sourcesBelow, textOf } from "./sources.ts";

const reads = /\bDate\.now\b|\bnew Date\(\)/;

/**
 * Who may ask the clock that somebody can set, and what for. Whatever lasts for a while is timed by
 * a clock that only goes forward: one that is set must not end a wait, fill a bucket or forget a
 * replay.
 */
const allowed: Readonly<Record<string, string>> = {
  "packages/guard/src/doors/http-date.ts": "the Date field of answers",
  "packages/guard/src/ports/clock.ts": "what time it is, for a gate without the program around it",
  "packages/guard/src/state/redis.ts": "in which hour an id was shown: nodes share the number",
  "packages/guard/src/state/shared-provenance.ts": "in which hour an id was shown, over a restart",
  "packages/server/src/control/clock-keeping.ts": "the clock that is judged",
  "packages/server/src/gate/report.ts": "the time in the record of what the parser refused",
  "packages/server/src/control/many-ends.ts": "when a policy was undone, in the audit",
  "packages/server/src/control/administrations.ts": "when something was asked for, in the audit",
  "packages/server/src/control/console-entry.ts":
    "until when links and sign-ins to the console are good, and the audit",
  "packages/server/src/cli/verbs/admin.ts": "until when a token is good, and the audit",
  "packages/server/src/cli/verbs/audit.ts": "which entries are still kept",
  "packages/server/src/cli/verbs/why.ts": "of which months a pseudonym is looked for",
  "packages/server/src/admin/records/differences.ts": "the time that is compared",
  "packages/server/src/admin/records/live.ts": "of which months a pseudonym is looked for",
  "packages/server/src/admin/operations/forecast.ts": "which records are looked at",
  "packages/server/src/admin/operations/operations.ts": "until when counts are told",
  "packages/server/src/admin/operations/ready.ts": "until when counts are told",
  "packages/server/src/admin/records/series.ts": "until when counts are told",
  "packages/server/src/cli/verbs/records.ts": "since when records are asked for",
  "packages/server/src/watch/kept/store-process.ts": "which records are older than they may be",
  "packages/server/src/admin/records/records.ts": "of which months a pseudonym is looked for",
  "packages/server/src/cli/verbs/grant.ts": "until when a grant is good, and the audit",
  "packages/server/src/control/followed-rows.ts":
    "which permissions are worth telling; the threads judge their ends",
  "packages/server/src/cli/verbs/impersonations.ts": "which sessions are over, and the audit",
  "packages/server/src/cli/verbs/switch.ts": "until when a switch holds, and the audit",
  "packages/server/src/cli/verbs/store.ts": "when the store was restored, in the audit",
  "packages/server/src/watch/shared-parts.ts": "when a part has last answered, for a person",
  "packages/server/src/files/key-pair.ts": "whether a certificate has ended",
  "packages/server/src/keys/upstream-texts.ts": "whether an authority has ended",
  "packages/server/src/listener/local-authority.ts": "from when to when a certificate is valid",
  "packages/server/src/control/trusted-issuer.ts": "which revocations are past, in the store",
  "packages/server/src/cli/verbs/test-policy/test-arrival.ts": "the times of a test's token",
  "packages/server/src/cli/verbs/explain/issuer-keys.ts": "which signing keys are of now",
  "packages/server/src/cli/verbs/explain/sign-claims.ts": "the times of a token",
  "packages/server/src/cli/verbs/keys/issue-key.ts": "from when on a key is good",
  "packages/server/src/cli/verbs/keys.ts": "times of signing keys and of the audit",
};

test("the clock that somebody can set is read where a date is meant, and nowhere else", () => {
  const readers = ["packages/guard/src", "packages/server/src"]
    .flatMap((folder) => sourcesBelow(folder))
    .filter((file) => !file.endsWith(".test.ts") && reads.test(textOf(file)));
  assert.deepEqual(readers.toSorted(), Object.keys(allowed).toSorted());
});
