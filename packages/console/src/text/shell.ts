const plain = /^[A-Za-z0-9_./:@%+=,-]+$/;

/**
 * A command as it can be pasted. A value that a caller has sent stands between single quotes, in
 * which a shell reads nothing; a line's end would end the command, so that it is left out.
 */
export function commandText(...words: readonly (string | undefined)[]): string {
  return words
    .filter((word) => word !== undefined)
    .map((word) => quoted(word))
    .join(" ");
}

function quoted(word: string): string {
  if (plain.test(word)) return word;
  return `'${word.replaceAll(/\p{Cc}/gu, "").replaceAll("'", `'\\''`)}'`;
}

/** A question to the admin API, where the command line has no verb of its own for it. */
export const curlText = (path: string, query: URLSearchParams = new URLSearchParams()): string =>
  `curl -H "Authorization: Bearer $(cat .portcullis/admin-token)" ${quoted(
    `${globalThis.location?.origin ?? "http://localhost:9443"}${path}${query.size === 0 ? "" : `?${query}`}`,
  )}`;
