import { phoneId } from "../factors/factors.ts";
import type { Account } from "../people/accounts.ts";
import { issuerPaths } from "../names/issuer-document.ts";
import type { Sealing } from "../store/sealing.ts";
import type { SignInParts } from "./sign-in-parts.ts";

/** What happened to an account, and what `it was not me` takes back beside ending everything. */
export interface Happening {
  /** Such as `factor-added`. */
  readonly event: string;
  /** The factor that was added. */
  readonly factorId?: string;
  /** The address that was replaced, to which the word goes. */
  readonly formerEmail?: string;
}

/** What the link in a notice says, sealed: its bearer may end everything, and nothing else. */
export interface Disavowal extends Happening {
  readonly accountId: string;
  readonly endsAtMs: number;
}

const about = "disavowal";
const disavowalMs = 7 * 86_400_000;
const mostCharacters = 2000;

/**
 * Tells the owner on every channel at hand what was done to the account, with a link for the case
 * that somebody else has done it. A new second factor is told to the telephone too: whoever reads
 * the mail could otherwise set one up unseen. A telephone that was added is not told of itself.
 */
export function tellOwner(
  parts: Pick<SignInParts, "factors" | "mailer" | "now" | "sealing" | "settings" | "texter">,
  account: Pick<Account, "email" | "id">,
  locale: string,
  happening: Happening,
): void {
  const { event, factorId, formerEmail } = happening;
  const link = linkOf(parts, account.id, happening);
  const to = formerEmail ?? account.email;
  if (to !== undefined) parts.mailer.send({ to, purpose: "security-notice", locale, event, link });
  const { texter } = parts;
  const isOther = event === "factor-added" && factorId !== phoneId(account.id);
  if (texter === undefined || !isOther) return;
  void parts.factors.phone(account.id).then(
    (number) => {
      if (number !== undefined) texter.send({ to: number, locale, event, link });
    },
    // The mail has told already; a lost store is said by what else uses it.
    () => undefined,
  );
}

function linkOf(
  { now, sealing, settings }: Pick<SignInParts, "now" | "sealing" | "settings">,
  accountId: string,
  happening: Happening,
): string {
  const disavowal: Disavowal = { ...happening, accountId, endsAtMs: now() + disavowalMs };
  const token = Buffer.from(sealing.seal(JSON.stringify(disavowal), about)).toString("base64url");
  return `${settings.issuer}${issuerPaths.notMe}?notice=${token}`;
}

/** Undefined when it is over, or none of ours. */
export function readDisavowal(
  token: string,
  sealing: Sealing,
  nowMs: number,
): Disavowal | undefined {
  if (token === "" || token.length > mostCharacters) return undefined;
  try {
    const read = JSON.parse(sealing.open(Buffer.from(token, "base64url"), about)) as Disavowal;
    return read.endsAtMs > nowMs ? read : undefined;
  } catch {
    return undefined;
  }
}
