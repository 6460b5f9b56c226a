/**
 * Families of mutations in which gate and backends still read bodies, queries, header fields or
 * cookies differently, because the bytes that came are what leaves. A family must go from here when
 * its part of the request is written anew from what was judged; the list must end empty.
 */
export const laterFamilies: ReadonlySet<string> = new Set([
  "body behind a second boundary",
  "second boundary",
  "spelling of the boundary",
  "type of JSON",
  "type of a form",
  "cookies",
  "spellings of the header",
  "numbers in JSON",
  "numbers in a form",
  "numbers in the query",
  "fractions in the query",
]);
