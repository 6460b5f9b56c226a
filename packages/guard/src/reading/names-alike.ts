/**
 * A name as the most forgiving server reads it. What one server reads as another name, the next may
 * read as this one: `accountid`, `accountId[]`, `accountId[0]`, and for `account_id` also
 * `account.id` and `account id` name the account too, in a query, a form, and by the letters' case
 * in JSON as well (Go and .NET). An attacker who sends a second account under such a name, beside
 * the own one, passes a check that sees only the own one. Names of a rule are read so once, ahead;
 * names that are sent, when they come.
 */
// eslint-disable-next-line no-control-regex -- some servers read a name as far as its first NUL
export const plainName = (name: string): string =>
  name
    .replace(/[[\u0000].*$/s, "")
    .trim()
    .toLowerCase()
    .replaceAll(/[. -]/g, "_");

/** A name without case, separators and signs: for guesses at what is meant, not for judgements. */
export const folded = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** Tells whether a sent name is another spelling of this one. */
export function compileAlike(name: string): (sent: string) => boolean {
  const plain = plainName(name);
  return (sent) => sent !== name && plainName(sent) === plain;
}
