import { bodyMembers } from "../../document/body-members.ts";
import type { Operation } from "../../document/api-document.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { closestOf, type EntryAt, type JoinContext } from "../../policy/join-context.ts";
import type { keys } from "./policy.ts";

type Keys = typeof keys & CoreKeys;

const safe: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

/** By these somebody signs in, or could afterwards. */
const credentials: ReadonlySet<string> = new Set(
  (
    "password passwords passwd passphrase passcode credential credentials pin pins otp totp mfa 2fa " +
    "factor factors authenticator authenticators passkey passkeys webauthn fido recovery secret secrets " +
    "apikey apikeys token tokens session sessions device devices login logon signin logout signout " +
    "signup register registration auth oauth oauth2 email emails phone phones"
  ).split(" "),
);
/** Two words that are one of those. */
const pairs: ReadonlySet<string> = new Set([
  "api key",
  "api keys",
  "log in",
  "log out",
  "sign in",
  "sign out",
  "sign up",
  "two factor",
]);
const secretMember = /^(new|old|current)?_?(password|passwd|passphrase|passcode|pin|otp|secret)$/i;
/** A path that ends so is somebody's account at this API, and not one of money. */
const people: ReadonlySet<string> = new Set(
  "me profile user users customer customers person people member members".split(" "),
);

/**
 * Why an operation cannot be done in another's name; undefined where it can. Without a word of the
 * policy these are closed: writes for which a caller must sign in more strongly, because that is
 * asked of the very person; and what changes how a person signs in, or the account, because
 * afterwards whoever acted would not need to act any more.
 */
export function closedBecause(
  entries: readonly EntryAt<Keys>[],
  operation: Operation | undefined,
  { schemasOf }: Pick<JoinContext, "schemasOf">,
): string | undefined {
  if (operation === undefined) return undefined;
  const said = closestOf(entries, "impersonation")?.value;
  if (said === "allowed") return undefined;
  if (said === "refused") return "the policy says so";
  if (safe.has(operation.method)) return undefined;
  // Another control's key: whether it stands there is all that is looked at.
  if (entries.some(({ entry }) => Object.hasOwn(entry, "stepUp")))
    return "the person must sign in more strongly";
  const last = operation.pathTemplate
    .split("/")
    .findLast((segment) => segment !== "" && !segment.startsWith("{"));
  const names = [last ?? "", operation.operationId ?? ""].map(wordsOf);
  const members = bodyMembers(operation, schemasOf(operation));
  if (names.some(tellsOfCredentials) || members.some(({ name }) => secretMember.test(name)))
    return "it changes how somebody signs in";
  return people.has((last ?? "").toLowerCase()) ? "it changes somebody's account" : undefined;
}

const wordsOf = (name: string): readonly string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);

const tellsOfCredentials = (words: readonly string[]): boolean =>
  words.some(
    (word, index) => credentials.has(word) || pairs.has(`${word} ${words[index + 1] ?? ""}`),
  );
