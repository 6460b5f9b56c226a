import type { ListenerBounds } from "./bounds.ts";
import type { Connection } from "./connection.ts";
import { namesOf } from "./peer-names.ts";
import type { IsTrustedPeer } from "./proxy-protocol.ts";

type Group = Set<Connection>;

/**
 * Who may connect while there is room, and who makes room where there is none: of the same address,
 * network or thread, whoever has asked nothing for the longest time.
 */
export class Places {
  readonly #bounds: ListenerBounds;
  readonly #isTrusted: IsTrustedPeer;
  /** The longest idle first. */
  readonly #idle: Group = new Set();
  readonly #groups = new Map<string, Group>();
  readonly #names = new Map<Connection, readonly string[]>();

  constructor(bounds: ListenerBounds, isTrusted: IsTrustedPeer) {
    this.#bounds = bounds;
    this.#isTrusted = isTrusted;
  }

  /** @returns false where nobody can be asked to make room */
  take(connection: Connection): boolean {
    const { most, perAddress, perNetwork } = this.#bounds;
    const peer = connection.raw.remoteAddress;
    // Many callers come over one connection of a proxy, and none could come without it.
    if (peer === undefined || this.#isTrusted(peer)) return true;
    const { address, network } = namesOf(peer);
    if (!this.#makeRoom(this.#groups.get(address), perAddress)) return false;
    if (network !== undefined && !this.#makeRoom(this.#groups.get(network), perNetwork))
      return false;
    if (this.#names.size >= most && !this.#shed(this.#idle)) return false;
    const names = network === undefined ? [address] : [address, network];
    this.#names.set(connection, names);
    for (const name of names) {
      const group = this.#groups.get(name);
      if (group === undefined) this.#groups.set(name, new Set([connection]));
      else group.add(connection);
    }
    this.#idle.add(connection);
    return true;
  }

  isIdle(connection: Connection): void {
    if (this.#names.has(connection)) this.#idle.add(connection);
  }

  isBusy(connection: Connection): void {
    this.#idle.delete(connection);
  }

  leave(connection: Connection): void {
    this.#idle.delete(connection);
    for (const name of this.#names.get(connection) ?? []) {
      const group = this.#groups.get(name);
      group?.delete(connection);
      if (group?.size === 0) this.#groups.delete(name);
    }
    this.#names.delete(connection);
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
