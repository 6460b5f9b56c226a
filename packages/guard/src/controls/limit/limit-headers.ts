/** One limit as the caller may know it: draft-ietf-httpapi-ratelimit-headers, structured fields. */
export interface AnnouncedLimit {
  readonly name: string;
  readonly count: number;
  /** 0: there is no window. */
  readonly windowSeconds: number;
  /** What is counted, where it is not requests. */
  readonly unit?: "concurrent-requests" | "content-bytes";
}

const quoted = (name: string): string => `"${name.replaceAll(/[^\u0020-\u007e]|["\\]/g, "_")}"`;

/** `"user";q=100;w=60` */
export const policyItem = ({ count, name, unit, windowSeconds }: AnnouncedLimit): string =>
  `${quoted(name)};q=${count}${windowSeconds === 0 ? "" : `;w=${windowSeconds}`}` +
  (unit === undefined ? "" : `;qu="${unit}"`);

/** `"user";r=12;t=30`: what is left, and after how many seconds there is more; 0: nobody knows. */
export function compileLimitItem(
  name: string,
): (remaining: number, resetSeconds: number) => string {
  const start = `${quoted(name)};r=`;
  return (remaining, resetSeconds) =>
    resetSeconds === 0 ? `${start}${remaining}` : `${start}${remaining};t=${resetSeconds}`;
}
