import type { Mutant } from "../mutant.ts";

const src = "packages/identity/src";
const tables = "packages/server/src/store/tables";
const ended = ["test/identity/ended-accounts.test.ts"];
const first = ["test/identity/first-factor.test.ts"];
const families = ["test/identity/families.test.ts"];
const restored = ["test/identity/restored-store.test.ts"];
const people = ["test/identity/tables-of-people.test.ts"];

/** What ends with an account's epoch, what a second factor takes, and what a family's tokens say. */
export const endings: readonly Mutant[] = [
  {
    file: `${src}/rotation/epochs.ts`,
    find: "if (account === undefined || account.epoch !== epoch) return false;",
    put: "if (account === undefined) return false;",
    breaks: "A code that was given before the account's epoch rose is not redeemed.",
    tests: ended,
  },
  {
    file: `${src}/rotation/epochs.ts`,
    find: "[session, lastSubmission?.login, result?.login, result?.pending?.who]",
    put: "[lastSubmission?.login, result?.login, result?.pending?.who]",
    breaks: "A request of a browser that was signed in ends with its session.",
    tests: ended,
    equivalent:
      "The session itself is read in the same request and is over too; this closes the moment " +
      "between the two readings, which no test can hit at will.",
  },
  {
    file: `${src}/sign-in/steps/standing.ts`,
    find: "|| account.epoch !== who.epoch",
    put: "",
    breaks: "A sign-in on the app's own screens does not go on after the account was ended.",
    tests: ended,
  },
  {
    file: `${src}/people/sessions.ts`,
    find: "      const ended = await endSessions(tables, { accountId }, because, now);\n",
    put: "      const ended = 0;\n",
    breaks: "Ending everything says how many sessions have ended.",
    tests: ["test/identity/sessions-ended.test.ts"],
  },
  {
    file: `${src}/people/sessions.ts`,
    find: "        await revoke(tables.revocations, now, leastVersion);\n",
    put: "",
    breaks: "Access tokens end with the epoch, also those of an account's newest session.",
    tests: ["test/identity/sessions-ended.test.ts"],
  },
  {
    file: `${src}/people/sessions.ts`,
    find: "if (uid !== undefined) await tables.oidcRecords.keepBrowserSession(uid, epoch);",
    put: "",
    breaks: "The browser in which somebody ends everything else stays signed in.",
    tests: ended,
  },
  {
    file: `${tables}/known-browsers.ts`,
    find: '.onRef("accounts.epoch", "=", "known_browsers.epoch"),',
    put: ",",
    breaks: "A browser is not known any longer once the epoch has risen.",
    tests: people,
  },
  {
    file: `${tables}/known-browsers.ts`,
    find: '.where("last_seen_at", ">=", seenSinceMs);',
    put: ";",
    breaks: "A browser is known for its time.",
    tests: people,
  },
  {
    file: `${tables}/devices.ts`,
    find: '.when("devices.epoch", "=", epoch)',
    put: '.when("devices.epoch", ">", 0)',
    breaks: "Trust in a device is not carried into another epoch.",
    tests: people,
  },
  {
    file: `${src}/sign-in/known-browser.ts`,
    find: 'const name = randomBytes(16).toString("base64url");',
    put: 'const name = cookie ?? randomBytes(16).toString("base64url");',
    breaks: "A name that was planted in somebody's browser is worth nothing after a sign-in.",
    tests: first,
  },
  {
    file: `${src}/sign-in/steps/first-proof.ts`,
    find: 'if (mailbox === undefined) return { next: { step: "invitation", ...carried } };',
    put: 'if (mailbox === undefined) return { signedIn: account, amr: [...amr, "mfa"], link };',
    breaks: "The password alone is never two proofs.",
    tests: first,
  },
  {
    file: `${src}/sign-in/steps/enrolment.ts`,
    find: 'amr: [...(pending.amr ?? []), "otp"],',
    put: 'amr: [...(pending.amr ?? []), "otp", "mfa"],',
    breaks: "A factor counts from the sign-in after the one in which it was set up.",
    tests: first,
  },
  {
    file: `${src}/sign-in/steps/invitation.ts`,
    find: "    return wrong(say);\n  await taken.succeed();",
    put: "    field;\n  await taken.succeed();",
    breaks: "Without the code of an invitation nothing is set up.",
    tests: first,
  },
  {
    file: `${src}/sign-in/not-me-page.ts`,
    find: "if (factorId !== undefined) await factors.remove(account.id, factorId);",
    put: "",
    breaks: "Who says that it was not them has the new factor taken back.",
    tests: first,
  },
  {
    file: `${src}/rotation/family-token.ts`,
    find: "if (named !== handle) return undefined;",
    put: "",
    breaks: "A token is read under the key of the family that it names.",
    tests: families,
    equivalent: "The row is found by the name that stands in the token, so that they are the same.",
  },
  {
    file: `${src}/rotation/presented-family.ts`,
    find: 'if (generation === live) return "live";',
    put: 'if (generation <= live) return "live";',
    breaks: "A token that was spent is not a live one.",
    tests: families,
  },
  {
    file: `${src}/rotation/presented-family.ts`,
    find: "spentAtMs: session?.spentAtMs ?? 0,",
    put: "spentAtMs: nowMs,",
    breaks: "A lost answer is given again for its time only.",
    tests: ["test/identity/rotation.test.ts"],
  },
  {
    file: `${tables}/oidc-records.ts`,
    find: '.where("generation", "=", from)',
    put: "",
    breaks: "Of many who renew a session at once, one does.",
    tests: ["test/identity/tables-of-tokens.test.ts"],
  },
  {
    file: `${src}/rotation/restored.ts`,
    find: "isBound && isAfterCopy && adoptedAtMs < restored.saidAtMs",
    put: "isBound && isAfterCopy",
    breaks: "After a copy was restored, one later token is taken for each family.",
    tests: restored,
  },
  {
    file: `${src}/rotation/restored.ts`,
    find: "if (restored === undefined) {",
    put: "if (restored === undefined && adoptedAtMs > 0) {",
    breaks: "A token that is newer than the store is taken only when somebody has said why.",
    tests: restored,
  },
  {
    file: `${tables}/accounts.ts`,
    find: '.where("epoch", "<", epoch)',
    put: "",
    breaks: "An epoch never goes back.",
    tests: restored,
  },
];
