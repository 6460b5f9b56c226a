/**
 * Fields that may leave with an answer that the document does not name: those whose meaning is the
 * same for every API. Any other could hold an id that leaves sealed where it is declared.
 */
const common: ReadonlySet<string> = new Set([
  "accept-patch",
  "accept-post",
  "accept-ranges",
  "age",
  "allow",
  "alt-svc",
  "cache-control",
  "clear-site-data",
  "content-language",
  "content-location",
  "content-security-policy",
  "content-type",
  "date",
  "deprecation",
  "etag",
  "expires",
  "last-modified",
  "link",
  "location",
  "pragma",
  "ratelimit",
  "ratelimit-limit",
  "ratelimit-policy",
  "ratelimit-remaining",
  "ratelimit-reset",
  "referrer-policy",
  "refresh",
  "retry-after",
  "server-timing",
  "set-cookie",
  "strict-transport-security",
  "sunset",
  "timing-allow-origin",
  "vary",
  "www-authenticate",
  "x-content-type-options",
  "x-frame-options",
  "x-request-id",
]);

/** Of these, fields that speak of a body: it does not leave. */
const ofTheBody: ReadonlySet<string> = new Set([
  "accept-ranges",
  "content-language",
  "content-location",
  "content-type",
  "etag",
  "expires",
  "last-modified",
]);

/** @param withBody whether the backend's body leaves too, in whatever shape */
export function keepCommon(headers: readonly string[], withBody: boolean): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = (headers[index] as string).toLowerCase();
    const isCommon = common.has(name) || name.startsWith("access-control-");
    if (isCommon && (withBody || !ofTheBody.has(name)))
      kept.push(headers[index] as string, headers[index + 1] as string);
  }
  return kept;
}
