import { readEmail } from "../../people/accounts.ts";
import { type AccountChange, noted, refused, countMessage } from "./visit.ts";

export const beginEmail: AccountChange = async (visit, field) => {
  const { account, parts, say, sessionName } = visit;
  const email = readEmail(field("email"));
  if (email === undefined) return refused(visit);
  const taken = await countMessage(visit, "address-of-owner");
  if (typeof taken === "string") return { fault: taken };
  // The same for an address that somebody else has: its owner is told, and nobody here.
  const isTaken = (await parts.accounts.byEmail(email)) !== undefined;
  const code = await parts.codes.make(
    "email",
    sessionName,
    isTaken ? "" : `${account.id} ${email}`,
    taken,
  );
  parts.mailer.send(
    isTaken
      ? { to: email, purpose: "known-address", locale: say.locale }
      : { to: email, purpose: "new-address", locale: say.locale, code },
  );
  return { emailAsked: email };
};

export const addEmail: AccountChange = async (visit, field) => {
  const { account, parts, say, sessionName } = visit;
  const about = await parts.codes.use("email", sessionName, field("code"));
  const [owner, email] = (about ?? "").split(" ");
  if (
    owner !== account.id ||
    email === undefined ||
    !(await parts.accounts.changeEmail(account.id, email))
  )
    return refused(visit);
  // Word goes to the new address, and to the old one: if it was not its owner who did this, that is
  // how the owner learns of it, and gets the address back.
  parts.mailer.send({
    to: email,
    purpose: "security-notice",
    locale: say.locale,
    event: "email-changed",
  });
  const undone = account.email === undefined ? {} : { formerEmail: account.email };
  return noted(visit, "email-changed", undefined, undone);
};
