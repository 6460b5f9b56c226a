/** An http(s) address, in the one spelling by which two of them are compared. */
export interface Address {
  /** Scheme, host and port: `https://api.example.com`. */
  readonly origin: string;
  /** Begins with a slash. */
  readonly path: string;
  /** Begins with a question mark, or is empty. */
  readonly query: string;
}

// User information, backslashes and characters beyond ASCII have no place in an authority here:
// programs disagree about which host such an address names.
const form = /^(https?):\/\/([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?(?=[/?#]|$)(.*)$/is;
const defaultPorts: Readonly<Record<string, string>> = { http: "80", https: "443" };
const notInAddresses = /[^\w\-.~!$&'()*+,;=:@/?%[\]]/gu;
const dotSegment = /\/(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Reads an address without the platform's URL, which on phones is a partial one: React Native's has
 * no origin in versions that are in use, and keeps what others normalise.
 *
 * @throws TypeError when programs could read it differently
 */
export function addressOf(text: string): Address {
  const [, scheme = "", host = "", port, rest = ""] = form.exec(text) ?? [];
  if (host === "") throw new TypeError(`${text} is not an http address`);
  const protocol = scheme.toLowerCase();
  const shown = port === undefined || port === defaultPorts[protocol] ? "" : `:${Number(port)}`;
  const [beforeFragment = ""] = rest.split("#", 1);
  const at = beforeFragment.indexOf("?");
  const path = encode(at === -1 ? beforeFragment : beforeFragment.slice(0, at));
  if (dotSegment.test(path))
    throw new TypeError(`${text} has dot segments: write the path that they lead to`);
  return {
    origin: `${protocol}://${host.toLowerCase()}${shown}`,
    path: path === "" ? "/" : path,
    query: at === -1 ? "" : encode(beforeFragment.slice(at)),
  };
}

const encode = (text: string): string => text.replace(notInAddresses, encodeURIComponent);

/**
 * Where a path of the API leads.
 *
 * @param path from the root (`/v1/accounts`), below the API's own path (`accounts`), or a whole
 *   address of the API
 * @throws TypeError for any other place: a token is not sent there
 */
export function withinApi(path: string, api: Address): Address {
  const isWhole = /^[a-z][a-z0-9+.-]*:/i.test(path);
  if (/^[/\\]{2}|\\/.test(path)) throw new TypeError(`${path} is not the API: ${notSent}`);
  const below = path.startsWith("/") ? path : `${directoryOf(api.path)}${path}`;
  const address = addressOf(isWhole ? path : `${api.origin}${below}`);
  if (address.origin !== api.origin)
    throw new TypeError(`${address.origin} is not the API: ${notSent}`);
  return address;
}

const notSent = "a token is not sent there";

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

export const hrefOf = ({ origin, path, query }: Address): string => `${origin}${path}${query}`;
