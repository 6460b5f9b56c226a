import { newTotpSecret, totpStep } from "../../factors/totp.ts";
import type { SignInParts } from "../sign-in-parts.ts";
import { readNumber } from "../steps/text-message.ts";
import { type AccountChange, countMessage, endElsewhere, noted, refused } from "./visit.ts";

/** What was signed in while the factor guarded the account is signed in no longer. */
export const removeFactor: AccountChange = async (visit, field) => {
  if (!(await visit.parts.factors.remove(visit.account.id, field("factor")))) return refused(visit);
  await endElsewhere(visit, "factor-removed");
  return noted(visit, "factor-removed");
};

export const beginTotp: AccountChange = () => Promise.resolve({ secret: newTotpSecret() });

export const addTotp: AccountChange = async (visit, field) => {
  const { account, parts, sessionName } = visit;
  const secret = openSecret(parts, field("secret"), sessionName);
  if (secret === undefined) return refused(visit);
  const step = totpStep(secret, field("code").trim(), parts.now() / 1000);
  if (step === undefined) return { ...refused(visit), secret };
  const factorId = await parts.factors.addTotp(account.id, secret, step);
  return {
    ...(await noted(visit, "factor-added", { kind: "totp" }, { factorId })),
    codes: await parts.factors.renewRecoveryCodes(account.id),
  };
};

export const renewRecoveryCodes: AccountChange = async (visit) => ({
  ...(await noted(visit, "recovery-codes-renewed")),
  codes: await visit.parts.factors.renewRecoveryCodes(visit.account.id),
});

export const beginPhone: AccountChange = async (visit, field) => {
  const { account, parts, say, sessionName } = visit;
  const number = readNumber(field("phone"));
  if (number === undefined || parts.texter === undefined) return refused(visit);
  const taken = await countMessage(visit, "text-of-owner");
  if (typeof taken === "string") return { fault: taken };
  parts.texter.send({
    to: number,
    locale: say.locale,
    code: await parts.codes.make("phone", sessionName, `${account.id} ${number}`, taken),
  });
  return { phoneAsked: true };
};

export const addPhone: AccountChange = async (visit, field) => {
  const { account, parts, sessionName } = visit;
  const about = await parts.codes.use("phone", sessionName, field("code"));
  const [owner, number] = (about ?? "").split(" ");
  if (owner !== account.id || number === undefined) return { ...refused(visit), phoneAsked: true };
  const factorId = await parts.factors.addPhone(account.id, number);
  return noted(visit, "factor-added", { kind: "phone" }, { factorId });
};

export const addPasskey: AccountChange = async (visit, field) => {
  const { account, parts, sessionName } = visit;
  const challenge = challengeOf(field("credential"));
  if (
    challenge === undefined ||
    (await parts.codes.take(`challenge:${challenge}`, sessionName)) !== account.id
  )
    return refused(visit);
  const today = new Date(parts.now()).toISOString().slice(0, 10);
  const factorId = await parts.passkeys.add(account.id, field("credential"), challenge, today);
  return factorId === undefined
    ? refused(visit)
    : noted(visit, "factor-added", { kind: "passkey" }, { factorId });
};

/** A secret on its way through a form: only this session of this browser can bring it back. */
export const sealSecret = ({ sealing }: SignInParts, secret: Buffer, sessionName: string): string =>
  Buffer.from(sealing.seal(secret.toString("base64"), `enrol/${sessionName}`)).toString(
    "base64url",
  );

function openSecret(
  { sealing }: SignInParts,
  sealed: string,
  sessionName: string,
): Buffer | undefined {
  try {
    return Buffer.from(
      sealing.open(Buffer.from(sealed, "base64url"), `enrol/${sessionName}`),
      "base64",
    );
  } catch {
    return undefined;
  }
}

/** The challenge that a new passkey says it answers; undefined when it names none. */
function challengeOf(credential: string): string | undefined {
  try {
    const { response } = JSON.parse(credential) as { response: { clientDataJSON: string } };
    const { challenge } = JSON.parse(
      Buffer.from(response.clientDataJSON, "base64url").toString("utf8"),
    ) as { challenge?: unknown };
    return typeof challenge === "string" && /^[\w-]{20,200}$/.test(challenge)
      ? challenge
      : undefined;
  } catch {
    return undefined;
  }
}
