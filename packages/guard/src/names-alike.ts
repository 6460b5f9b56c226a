/**
 * What one server reads as another name, the next may read as this one: `accountid`, `accountId[]`, `accountId[0]`, and for
 * `account_id` also `account.id` and `account id` name the account too, in a query, a form, and by the letters' case in JSON
 * as well (Go and .NET). A second account beside the caller's own is how a check is led past.
 */
export const namesAlike = (sent: string, name: string): boolean => sent !== name && plainly(sent) === plainly(name);
// eslint-disable-next-line no-control-regex -- some servers read a name as far as its first NUL
const plainly = (name: string): string => name.replace(/[[\u0000].*$/s, "").trim().toLowerCase().replaceAll(/[. -]/g, "_");
