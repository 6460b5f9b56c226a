import { connect as connectPlain, isIP, type OnReadOpts, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectSecure } from "node:tls";

/** Where a backend is: what a policy's target says. */
export interface Place {
  /** The Host field of requests that name none. */
  readonly host: string;
  /** What is connected to. */
  readonly at: { readonly path: string } | { readonly host: string; readonly port: number };
  /** The name that its addresses are looked up by; undefined for an address and for a path. */
  readonly name: string | undefined;
}

/** @param target `http(s)://host:port` or `unix:/path` */
export function placeOf(target: string): Place {
  if (target.startsWith("unix:"))
    return { host: "localhost", at: { path: target.slice("unix:".length) }, name: undefined };
  const url = new URL(target);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return { host: url.host, at: { host, port }, name: isIP(host) === 0 ? host : undefined };
}

/** Opens connections to one place; with TLS, each resumes the session of one before. */
export class Opener {
  readonly #place: Place;
  readonly #tls: ConnectionOptions | undefined;
  #session: Buffer | undefined;

  /** @param tls for `tls.connect`; undefined where nothing is encrypted */
  constructor(place: Place, tls: ConnectionOptions | undefined) {
    this.#place = place;
    this.#tls = tls;
  }

  /** The event by which a socket says that it can be written to. */
  get openedBy(): "secureConnect" | "connect" {
    return this.#tls === undefined ? "connect" : "secureConnect";
  }

  /** @param onread where its bytes go; without it, it is read as any stream */
  open(onread: OnReadOpts | undefined): Socket {
    const reading = { noDelay: true, ...(onread === undefined ? {} : { onread }) };
    if (this.#tls === undefined) return connectPlain({ ...this.#place.at, ...reading });
    const resuming = this.#session === undefined ? {} : { session: this.#session };
    const socket = connectSecure({ ...this.#tls, ...reading, ...resuming } as ConnectionOptions);
    socket.on("session", (session) => {
      // Who resumes a session is not asked for a certificate again: only those of a backend that
      // has shown the right one are kept.
      if (socket.authorized) this.#session = session;
    });
    return socket;
  }
}
