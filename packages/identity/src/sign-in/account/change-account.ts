import { judgePassword } from "../../people/password-rules.ts";
import { addEmail, beginEmail } from "./address-changes.ts";
import {
  addPasskey,
  addPhone,
  addTotp,
  beginPhone,
  beginTotp,
  removeFactor,
  renewRecoveryCodes,
} from "./factor-changes.ts";
import { endAllSessions, endSession, forgetBrowser, removeDevice } from "./session-changes.ts";
import {
  type AccountChange,
  type AccountView,
  endElsewhere,
  noted,
  refused,
  type Visit,
} from "./visit.ts";

const changePassword: AccountChange = async (visit, field) => {
  const { account, parts, say } = visit;
  const judged = await judgePassword(
    field("password"),
    [account.email ?? ""],
    parts.settings.passwords,
  );
  if (judged !== undefined) return { fault: say(judged) };
  const wrong = await checkCurrent(visit, field("current"));
  if (wrong !== undefined) return wrong;
  const passwordHash = await parts.passwords.hash(field("password"));
  await endElsewhere(visit, "password-changed", ({ accounts }) =>
    accounts.setPasswordHash(account.id, passwordHash),
  );
  return noted(visit, "password-changed");
};

/**
 * Whoever sits at a browser that somebody has left open does not know the password (ASVS 6.2.3).
 * Who has none yet chooses one without.
 */
async function checkCurrent(visit: Visit, typed: string): Promise<AccountView | undefined> {
  const { account, parts, say, sessionName } = visit;
  if (account.password === undefined) return undefined;
  const about = `${account.id}\n${sessionName}`;
  const taken = await parts.counters.take({ thing: "password-known", about });
  if ("waitMs" in taken) return { fault: say("wait", Math.ceil(taken.waitMs / 1000)) };
  if (!(await parts.passwords.verify(typed, account.password))) return refused(visit);
  await taken.succeed();
  return undefined;
}

/** By the `intent` of the form. */
const changes: ReadonlyMap<string, AccountChange> = new Map([
  ["end-session", endSession],
  ["remove-device", removeDevice],
  ["forget-browser", forgetBrowser],
  ["end-all", endAllSessions],
  ["remove-factor", removeFactor],
  ["begin-totp", beginTotp],
  ["add-totp", addTotp],
  ["new-codes", renewRecoveryCodes],
  ["begin-phone", beginPhone],
  ["add-phone", addPhone],
  ["add-passkey", addPasskey],
  ["begin-email", beginEmail],
  ["add-email", addEmail],
  ["password", changePassword],
]);

/** One change that somebody asks for on their page, and what the page says then. */
export const changeAccount: AccountChange = async (visit, field) =>
  (changes.get(field("intent")) ?? (() => Promise.resolve(refused(visit))))(visit, field);
