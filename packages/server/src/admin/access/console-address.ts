import { isLoopback } from "../../settings/admin-keys.ts";

/** Where people find the console. Passkeys, cookies and origins hold for this one address. */
export interface ConsoleAddress {
  /** Such as `https://console.example.com:9443`. */
  readonly origin: string;
  /** What a browser sends as Host there. */
  readonly host: string;
  /** Cookies hold for every port of a name: each console has its own. */
  readonly cookie: string;
  readonly isSecure: boolean;
}

/** @param url an origin, as the policy's reader has checked it */
export function consoleAddress(url: string): ConsoleAddress {
  const { host, origin, port, protocol } = new URL(url);
  const isSecure = protocol === "https:";
  const name = `portcullis-${port === "" ? (isSecure ? 443 : 80) : port}`;
  return { origin, host, isSecure, cookie: isSecure ? `__Host-${name}` : name };
}

interface AdminSetting {
  readonly host?: string;
  readonly url?: string;
  readonly tls?: unknown;
}

/**
 * Where people find the console of a policy.
 *
 * @returns undefined where other machines reach it, and the policy does not say by which name
 */
export function consoleAddressOf(
  admin: AdminSetting | undefined,
  port: number,
): ConsoleAddress | undefined {
  if (admin?.url !== undefined) return consoleAddress(admin.url);
  if (!isLoopback(admin?.host ?? "127.0.0.1")) return undefined;
  return consoleAddress(`${admin?.tls === undefined ? "http" : "https"}://localhost:${port}`);
}

/** What a browser is told to keep, or to forget where the value is empty. */
export function cookieField(address: ConsoleAddress, value: string, seconds: number): string {
  const rules = `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
  return `${address.cookie}=${value}; ${rules}${address.isSecure ? "; Secure" : ""}`;
}

/** A link that lets somebody in. Browsers keep what stands behind `#` to themselves. */
export const joinLink = ({ origin }: ConsoleAddress, secret: string): string =>
  `${origin}/join#${secret}`;
