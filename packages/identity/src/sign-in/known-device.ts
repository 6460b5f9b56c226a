import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Sealing } from "../store/sealing.ts";

/** For so long a browser is known. */
export const knownSeconds = 400 * 86_400;
const mostAccounts = 5;
const entryForm = /^[\w-]{16}\.[\w-]{22}$/;

/**
 * A browser in which somebody has signed in to this account before. Its cookie says so, and is of
 * no other use. @returns the browser's name
 */
export function knownDevice(
  cookie: string | undefined,
  accountName: string,
  sealing: Sealing,
): string | undefined {
  for (const one of (cookie ?? "").split("!")) {
    const [id = "", mac = ""] = one.split(".");
    const expected = macOf(id, accountName, sealing);
    if (mac.length === expected.length && timingSafeEqual(Buffer.from(mac), Buffer.from(expected)))
      return id;
  }
  return undefined;
}

/** The cookie that makes a browser known for one more account; the oldest is forgotten. */
export function withAccount(
  cookie: string | undefined,
  accountName: string,
  sealing: Sealing,
): string {
  const id = randomBytes(12).toString("base64url");
  const others = (cookie ?? "")
    .split("!")
    .filter((one) => entryForm.test(one))
    .slice(0, mostAccounts - 1);
  return [`${id}.${macOf(id, accountName, sealing)}`, ...others].join("!");
}

const macOf = (id: string, accountName: string, sealing: Sealing): string =>
  createHmac("sha256", sealing.derive("known-device", 32))
    .update(`${id}\n${accountName}`)
    .digest("base64url")
    .slice(0, 22);
