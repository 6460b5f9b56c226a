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
import { endAllSessions, endSession, removeDevice } from "./session-changes.ts";
import { type AccountChange, noted, refused } from "./visit.ts";

const changePassword: AccountChange = async (visit, field) => {
  const { account, parts, say, sessionName } = visit;
  const judged = await judgePassword(
    field("password"),
    [account.email ?? ""],
    parts.settings.passwords,
  );
  if (judged !== undefined) return { fault: say(judged) };
  await parts.accounts.setPassword(account.id, await parts.passwords.hash(field("password")));
  await parts.sessions.end({ accountId: account.id }, "password-changed");
  await parts.sessions.endBrowsers(account.id, sessionName);
  return noted(visit, "password-changed");
};

/** By the `intent` of the form. */
const changes: ReadonlyMap<string, AccountChange> = new Map([
  ["end-session", endSession],
  ["remove-device", removeDevice],
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
