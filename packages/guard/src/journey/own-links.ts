/** Makes links to a backend links to the API. */
export type RewriteOwnLink = (link: string) => string;

interface Host {
  readonly hostname: string;
  readonly port: string;
}

const loopback: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** What a relative link is read against: no backend has this name. */
const nowhere = "http://nowhere.invalid";

/**
 * A backend that writes its own address into a link would send people to a host that only the gate
 * can reach, and tell of it. Such a link leaves with the API's public origin, or as a path where
 * the policy names none. A link without a port to a backend's name is its own too; not to the
 * loopback address, where apps of the person's own device listen (RFC 8252 section 7.3).
 *
 * @param targets the addresses of the backends
 * @param origin the origin of `publicUrl`
 */
export function compileOwnLinks(
  targets: readonly string[],
  origin: string | undefined,
): RewriteOwnLink {
  const hosts = targets.flatMap((target): Host[] => {
    const url = target.startsWith("unix:") ? null : URL.parse(target);
    return url === null ? [] : [{ hostname: sameMachine(url.hostname), port: portOf(url) }];
  });
  return (link) => {
    // A path is no link to another host, and most links are paths.
    if (hosts.length === 0 || /^[\w.~?#-]*$|^\/(?![/\\\t\r\n])/.test(link)) return link;
    const url = URL.parse(link, nowhere);
    if (url === null || !/^https?:$/.test(url.protocol)) return link;
    const hostname = sameMachine(url.hostname);
    const isOwn = hosts.some(
      (host) =>
        host.hostname === hostname &&
        (host.port === portOf(url) || (url.port === "" && !loopback.has(hostname))),
    );
    if (!isOwn || url.origin === origin) return link;
    const rest = `${url.pathname}${url.search}${url.hash}`;
    if (origin !== undefined) return `${origin}${rest}`;
    // Two slashes at the beginning would name a host (RFC 3986 section 4.2).
    return rest.startsWith("//") ? `/.${rest}` : rest;
  };
}

const sameMachine = (hostname: string): string => {
  const name = hostname.replace(/\.$/, "");
  return loopback.has(name) ? "localhost" : name;
};
const portOf = ({ port, protocol }: URL): string =>
  port === "" ? (protocol === "https:" ? "443" : "80") : port;
