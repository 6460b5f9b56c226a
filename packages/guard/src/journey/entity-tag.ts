import { hash } from "node:crypto";
import type { ContentCoding } from "./encode-answer.ts";

/**
 * A strong validator of these very bytes (RFC 9110 section 8.8.3); another for each coding, because
 * other bytes leave.
 */
export function entityTagOf(body: Buffer, coding: ContentCoding | undefined): string {
  const digest = hash("sha256", body, "base64url").slice(0, 27);
  return coding === undefined ? `"${digest}"` : `"${digest}-${coding}"`;
}

/** Weak comparison, as If-None-Match asks (RFC 9110 section 13.1.2). */
export function matchesAny(ifNoneMatch: string, tag: string): boolean {
  const opaque = tag.replace(/^W\//, "");
  return (
    ifNoneMatch.trim() === "*" ||
    ifNoneMatch.split(",").some((one) => one.trim().replace(/^W\//, "") === opaque)
  );
}
