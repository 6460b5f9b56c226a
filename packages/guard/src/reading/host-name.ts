/** A host of the web: a name, an IPv4 address, or an IPv6 address in brackets. */
export const hostForm =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9_-])?|\[[0-9A-Fa-f:.]{2,45}\])$/;
const portForm = /^[1-9]\d{0,4}$/;

/** A Host field in its one spelling: small letters, without the dot of the root. */
export interface HostField {
  readonly name: string;
  /** With its port, where one was sent. */
  readonly text: string;
}

/**
 * Reads a Host field (RFC 9110 section 7.2). Undefined for what is none: with a user, a path or a
 * query in it, programs that make links of it would lead elsewhere.
 */
export function readHost(sent: string): HostField | undefined {
  const lower = sent.toLowerCase();
  const colon = lower.endsWith("]") ? -1 : lower.lastIndexOf(":");
  const port = colon === -1 ? undefined : lower.slice(colon + 1);
  if (port !== undefined && (!portForm.test(port) || Number(port) > 65_535)) return undefined;
  const whole = colon === -1 ? lower : lower.slice(0, colon);
  const name = whole.endsWith(".") ? whole.slice(0, -1) : whole;
  if (!hostForm.test(name) || name.includes("..")) return undefined;
  return { name, text: port === undefined ? name : `${name}:${port}` };
}
