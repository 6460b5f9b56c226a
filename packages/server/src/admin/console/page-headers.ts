import type { IncomingHttpHeaders } from "node:http";

/** By these a browser that goes to an address is told from a program that fetches it. */
export const answersVaryBy = "Sec-Fetch-Mode, Accept, Authorization, Cookie";

/**
 * What is sent with each page and file of the console: nothing runs, loads or frames it but the
 * program's own files, and no text becomes script.
 */
export const pageHeaders = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
  ].join("; "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  Vary: answersVaryBy,
} as const;

/** Whether a person goes to this address, rather than a program or a page's script fetching it. */
export function isNavigation(headers: IncomingHttpHeaders): boolean {
  const mode = headers["sec-fetch-mode"];
  if (mode !== undefined) return mode === "navigate";
  return /(?:^|,)\s*text\/html\s*(?:[;,]|$)/i.test(headers.accept ?? "");
}
