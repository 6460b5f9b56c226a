import type { ListenerBounds } from "./bounds.ts";
import type { Connection } from "./connection.ts";
import { namesOf } from "./peer-names.ts";
import type { KnownPeers } from "./known-peers.ts";
import type { IsTrustedPeer } from "./proxy-protocol.ts";

type Group = Set<Connection>;
type PlaceBounds = Pick<ListenerBounds, "most" | "mostStrangers" | "perAddress" | "perNetwork">;

/**
 * Who may connect while there is room, and who makes room where there is none: of the same address,
 * network or thread, whoever has asked nothing for the longest time. A part of the places is for
 * addresses from which somebody has signed in lately: a flood of strangers never takes the last one.
 */
export class Places {
  readonly #bounds: PlaceBounds;
  readonly #isTrusted: IsTrustedPeer;
  readonly #known: Pick<KnownPeers, "has">;
  /** The longest idle first. */
  readonly #idleStrangers: Group = new Set();
  readonly #idleKnown: Group = new Set();
  readonly #strangers: Group = new Set();
  readonly #groups = new Map<string, Group>();
  readonly #names = new Map<Connection, readonly string[]>();

  constructor(bounds: PlaceBounds, isTrusted: IsTrustedPeer, known: Pick<KnownPeers, "has">) {
    this.#bounds = bounds;
    this.#known = known;
    this.#isTrusted = isTrusted;
  }

  /** @returns false where nobody can be asked to make room */
  take(connection: Connection): boolean {
    const { perAddress, perNetwork } = this.#bounds;
    const peer = connection.raw.remoteAddress;
    // Many callers come over one connection of a proxy, and none could come without it.
    if (peer === undefined || this.#isTrusted(peer)) return true;
    const { address, network } = namesOf(peer);
    if (!this.#makeRoom(this.#groups.get(address), perAddress)) return false;
    if (network !== undefined && !this.#makeRoom(this.#groups.get(network), perNetwork))
      return false;
    const isStranger = !this.#known.has(address);
    if (!this.#makeRoomFor(isStranger)) return false;
    if (isStranger) this.#strangers.add(connection);
    connection.idleGroup = isStranger ? this.#idleStrangers : this.#idleKnown;
    const names = network === undefined ? [address] : [address, network];
    this.#names.set(connection, names);
    for (const name of names) {
      const group = this.#groups.get(name);
      if (group === undefined) this.#groups.set(name, new Set([connection]));
      else group.add(connection);
    }
    this.isIdle(connection);
    return true;
  }

  /** Somebody has signed in from this address. */
  know(peer: string): void {
    for (const connection of this.#groups.get(namesOf(peer).address) ?? []) {
      this.#strangers.delete(connection);
      if (connection.idleGroup !== undefined) connection.idleGroup = this.#idleKnown;
      if (this.#idleStrangers.delete(connection)) this.#idleKnown.add(connection);
    }
  }

  isIdle(connection: Connection): void {
    connection.idleGroup?.add(connection);
  }

  isBusy(connection: Connection): void {
    connection.idleGroup?.delete(connection);
  }

  leave(connection: Connection): void {
    this.isBusy(connection);
    connection.idleGroup = undefined;
    this.#strangers.delete(connection);
    for (const name of this.#names.get(connection) ?? []) {
      const group = this.#groups.get(name);
      group?.delete(connection);
      if (group?.size === 0) this.#groups.delete(name);
    }
    this.#names.delete(connection);
  }

  /** Strangers make room first, and never have all places. */
  #makeRoomFor(isStranger: boolean): boolean {
    const { most, mostStrangers } = this.#bounds;
    if (isStranger && this.#strangers.size >= mostStrangers) return this.#shed(this.#idleStrangers);
    if (this.#names.size < most) return true;
    return this.#shed(this.#idleStrangers) || this.#shed(this.#idleKnown);
  }

  #makeRoom(group: Group | undefined, most: number): boolean {
    return group === undefined || group.size < most || this.#shed(group);
  }

  /** Connections of a group are in the order in which they came. */
  #shed(group: Group): boolean {
    for (const one of group) {
      if (!one.isIdle) continue;
      this.leave(one);
      one.destroy();
      return true;
    }
    return false;
  }
}
