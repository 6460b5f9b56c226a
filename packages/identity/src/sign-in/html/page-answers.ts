import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { throwIfStoreLost } from "../../store/store-lost.ts";
import type { SignInParts } from "../sign-in-parts.ts";

export function send(response: ServerResponse, status: number, body: string): void {
  throwIfStoreLost();
  response
    .writeHead(status, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" })
    .end(body);
}

export function seeOther(response: ServerResponse, to: string): void {
  throwIfStoreLost();
  response.writeHead(303, { Location: to, "Cache-Control": "no-store" }).end();
}

/** Only this site's own pages may send forms here, and only for the sign-in they were made for. */
export const formToken = ({ sealing }: SignInParts, about: string): string =>
  createHmac("sha256", sealing.derive("forms", 32)).update(about).digest("base64url");
export function isOwnForm(
  parts: SignInParts,
  request: IncomingMessage,
  about: string,
  given: string,
): boolean {
  const { origin, "sec-fetch-site": site } = request.headers;
  // These pages pass on no referrer, and browsers then send `null` as the origin of their forms:
  // only what follows can tell whose form it is.
  if (origin !== undefined && origin !== "null" && origin !== parts.settings.issuer) return false;
  if (site !== undefined && site !== "same-origin") return false;
  const expected = Buffer.from(formToken(parts, about));
  const found = Buffer.from(given);
  return expected.length === found.length && timingSafeEqual(expected, found);
}

/** The caller's address, as the gate has found it: it alone can reach the issuer's socket. */
export const addressOf = (request: IncomingMessage): string =>
  typeof request.headers["x-forwarded-for"] === "string"
    ? request.headers["x-forwarded-for"]
    : "127.0.0.1";
