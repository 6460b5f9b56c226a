import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Sealing } from "../store/sealing.ts";

const days = 400;

export const cookieName = (issuer: string, name: string): string => (issuer.startsWith("https:") ? `__Host-${name}` : name);

/** @returns the value of a cookie; undefined when it is absent, or there twice */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const values = (header ?? "").split(";").flatMap((part) => {
    const equals = part.indexOf("=");
    return equals !== -1 && part.slice(0, equals).trim() === name ? [part.slice(equals + 1).trim()] : [];
  });
  return values.length === 1 ? values[0] : undefined;
}

/** A browser in which somebody has signed in to this account before. The cookie says so, and is of no other use. */
export function knownDevice(cookie: string | undefined, accountName: string, sealing: Sealing): string | undefined {
  for (const one of (cookie ?? "").split("!")) {
    const [id = "", mac = ""] = one.split(".");
    const expected = macOf(id, accountName, sealing);
    if (mac.length === expected.length && timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) return id;
  }
  return undefined;
}

const mostAccounts = 5;

/** The Set-Cookie value that makes this browser known for one more account. */
export function rememberDevice(cookie: string | undefined, accountName: string, issuer: string, sealing: Sealing): string {
  const id = randomBytes(12).toString("base64url");
  const others = (cookie ?? "").split("!").filter((one) => /^[\w-]{16}\.[\w-]{22}$/.test(one)).slice(0, mostAccounts - 1);
  return `${cookieName(issuer, "known")}=${[`${id}.${macOf(id, accountName, sealing)}`, ...others].join("!")}; Path=/; Max-Age=${days * 86_400}; HttpOnly; SameSite=Lax${issuer.startsWith("https:") ? "; Secure" : ""}`;
}

const macOf = (id: string, accountName: string, sealing: Sealing): string => createHmac("sha256", sealing.derive("known-device", 32)).update(`${id}\n${accountName}`).digest("base64url").slice(0, 22);
