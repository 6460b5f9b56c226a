/** One limit as the caller may know it: draft-ietf-httpapi-ratelimit-headers, structured fields. */
export interface AnnouncedLimit {
  readonly name: string;
  readonly count: number;
  readonly windowSeconds: number;
}

const quoted = (name: string): string => `"${name.replaceAll(/[^\u0020-\u007e]|["\\]/g, "_")}"`;

/** `"user";q=100;w=60` */
export const policyItem = ({ count, name, windowSeconds }: AnnouncedLimit): string =>
  `${quoted(name)};q=${count};w=${windowSeconds}`;

/** `"user";r=12;t=30`: what is left, and after how many seconds there is more. */
export function compileLimitItem(
  name: string,
): (remaining: number, resetSeconds: number) => string {
  const start = `${quoted(name)};r=`;
  return (remaining, resetSeconds) => `${start}${remaining};t=${resetSeconds}`;
}
