/**
 * What becomes of a field that may stand once only and was sent twice with different values.
 *
 * `first`: the first value stays, as recipients are told to read it or read it already; what the
 * gate judges by is then what leaves. `none`: no value stays, because the field says where to go,
 * which bytes these are or who may read them, and a wrong one is worse than none. `joined`: the
 * field is a list that Node holds to be single, and one line says the same.
 */
export type Disagreement = "first" | "none" | "joined";

/**
 * Fields of answers that are not lists (RFC 9110 section 5.3), and every other one that node:http2
 * throws on when it is sent twice.
 */
export const singleFields: ReadonlyMap<string, Disagreement> = new Map<string, Disagreement>([
  // What the body is: the gate reads it by the first, and only the first leaves.
  ["content-type", "first"],
  ["content-disposition", "first"],
  ["content-language", "joined"],
  // RFC 9111 sections 4.2.1 and 5.1 name the first.
  ["age", "first"],
  ["expires", "first"],
  ["date", "first"],
  ["retry-after", "first"],
  // RFC 6797 section 8.1 names the first; the others protect, and without one nothing would.
  ["strict-transport-security", "first"],
  ["x-content-type-options", "first"],
  ["x-frame-options", "first"],
  ["deprecation", "first"],
  ["sunset", "first"],
  ["max-forwards", "first"],
  // Which bytes these are: a cache that has the wrong validator serves the wrong body.
  ["etag", "none"],
  ["last-modified", "none"],
  ["content-range", "none"],
  ["content-md5", "none"],
  // Where to go.
  ["location", "none"],
  ["content-location", "none"],
  ["refresh", "none"],
  // Who may read it: browsers refuse two values, and so no page is let in by either.
  ["access-control-allow-origin", "none"],
  ["access-control-allow-credentials", "none"],
  ["access-control-max-age", "none"],
  ["access-control-request-method", "none"],
  // Fields of requests, which an answer has no use for.
  ["authorization", "none"],
  ["proxy-authorization", "none"],
  ["dnt", "none"],
  ["from", "none"],
  ["host", "none"],
  ["if-match", "none"],
  ["if-modified-since", "none"],
  ["if-none-match", "none"],
  ["if-range", "none"],
  ["if-unmodified-since", "none"],
  ["range", "none"],
  ["referer", "none"],
  ["tk", "none"],
  ["upgrade-insecure-requests", "none"],
  ["user-agent", "none"],
]);
