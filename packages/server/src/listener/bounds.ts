import { readFileSync } from "node:fs";
import type { Policy } from "../policy/program-policy.ts";

/** How long callers may take, and how many of them there may be. */
export interface ListenerBounds {
  readonly handshakeMs: number;
  readonly firstByteMs: number;
  readonly headMs: number;
  readonly idleMs: number;
  /** How long a caller may take or send nothing while bytes are due. */
  readonly stallMs: number;
  /** Bytes a second. */
  readonly leastRate: number;
  /** Connections of one thread: in all, of one address, of one IPv6 network of 64 bits. */
  readonly most: number;
  /** Of those, for addresses from which nobody has signed in lately. */
  readonly mostStrangers: number;
  readonly perAddress: number;
  readonly perNetwork: number;
  /** Requests that are underway on one connection over HTTP/2. */
  readonly streams: number;
  /** Requests of one thread that are underway: of one address, of one IPv6 network. */
  readonly requestsPerAddress: number;
  readonly requestsPerNetwork: number;
  /** Requests that callers take back in a second: on one connection, of one address or network. */
  readonly resets: number;
  readonly resetsPerAddress: number;
  /** Pings and settings in a second, of one connection. */
  readonly controlFrames: number;
}

const defaults = {
  /** Two round trips; ten seconds allow for a line on which packets are lost and sent again. */
  handshakeMs: 10_000,
  /** Apps and browsers open connections a little before they need them. */
  firstByteMs: 30_000,
  /** A head is a few packets. */
  headMs: 10_000,
  /** Longer than the 60 s after which common balancers close, so that they are who closes. */
  idleMs: 120_000,
  /** A person in a lift is without a line for some seconds; half a minute is a line that is gone. */
  stallMs: 30_000,
  /** The weakest mobile lines carry 2 kB a second. What takes 20 B holds a place on purpose. */
  leastRate: 100,
  /** Percent: whoever comes for the first time has most of the room when there is no flood. */
  forKnown: 25,
  /** Phones of one carrier share IPv4 addresses by the thousand, though not all at one moment. */
  perAddress: 1024,
  /** Whoever has one IPv6 address has 2 to the power of 64 of them. */
  perNetwork: 1024,
  /** Browsers hold themselves to a hundred. */
  streams: 128,
  /** As many as could be underway over HTTP/1.1 on all connections that an address may have. */
  requestsPerAddress: 1024,
  requestsPerNetwork: 1024,
  /** Who leaves a page of pictures takes some dozens back at once, though not in each second. */
  resets: 33,
  /** Half a dozen phones of one carrier that leave such a page in the same second, on and on. */
  resetsPerAddress: 200,
  /** Programs that measure the line ping once a round trip, of 50 ms or more. */
  controlFrames: 20,
} as const;

/** Of the process's descriptors; the rest is for backends, the issuer, files and the admin port. */
const shareOfDescriptors = 0.6;
/** Where the system does not say how many descriptors there are: what most begin with. */
const usualDescriptors = 1024;

/** @param threads share the connections; the kernel spreads them evenly, though not exactly */
export function listenerBounds(listen: Policy["listen"], threads: number): ListenerBounds {
  const { connections = {}, requests = {}, timeouts = {} } = listen ?? {};
  const most = connections.most ?? Math.floor(descriptors() * shareOfDescriptors);
  const share = (count: number): number => Math.max(1, Math.ceil(count / threads));
  const streams = requests.perConnection ?? defaults.streams;
  // All requests of a connection are one thread's, and one connection may be all there is.
  const requestShare = (count: number): number => Math.max(share(count), Math.min(count, streams));
  const forKnown = connections.forKnown ?? defaults.forKnown;
  return {
    handshakeMs: timeouts.handshake ?? defaults.handshakeMs,
    firstByteMs: timeouts.firstByte ?? defaults.firstByteMs,
    headMs: timeouts.head ?? defaults.headMs,
    idleMs: timeouts.idle ?? defaults.idleMs,
    stallMs: timeouts.stall ?? defaults.stallMs,
    leastRate: timeouts.leastRate ?? defaults.leastRate,
    most: share(most),
    mostStrangers: Math.max(1, Math.floor(share(most) * (1 - forKnown / 100))),
    perAddress: share(connections.perAddress ?? defaults.perAddress),
    perNetwork: share(connections.perNetwork ?? defaults.perNetwork),
    streams,
    requestsPerAddress: requestShare(requests.perAddress ?? defaults.requestsPerAddress),
    requestsPerNetwork: requestShare(requests.perNetwork ?? defaults.requestsPerNetwork),
    resets: requests.resets ?? defaults.resets,
    resetsPerAddress: share(requests.resetsPerAddress ?? defaults.resetsPerAddress),
    controlFrames: requests.controlFrames ?? defaults.controlFrames,
  };
}

function descriptors(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "latin1");
    const most = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
    return most > 0 ? most : usualDescriptors;
  } catch {
    return usualDescriptors;
  }
}
