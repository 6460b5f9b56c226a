import { randomUUID } from "node:crypto";
import { audit } from "@portcullis/identity/audit";
import type { ConsoleLinkRecord } from "../../store/tables/console-links.ts";
import type { ConsolePersonRecord } from "../../store/tables/console-people.ts";
import type { AdminRole } from "../administrator.ts";
import {
  type AccessStore,
  type AccessTables,
  actorNamed,
  ConsoleFault,
  nameOf,
  roleOf,
} from "./console-person.ts";
import { linkEnded } from "./entry-links.ts";

/** A passkey that was just made, as its authenticator has said. */
export interface NewPasskey {
  readonly id: string;
  readonly publicKey: Uint8Array;
  readonly counter: number;
}

export interface ListedPerson {
  readonly name: string;
  readonly role: AdminRole;
  readonly createdAtMs: number;
  readonly passkeys: number;
  /** Of the sessions that stand; undefined where there is none. */
  readonly lastSeenAtMs: number | undefined;
}

/** Who may sign in to the console. */
export class ConsolePeople {
  readonly #store: AccessStore;
  readonly #now: () => number;

  constructor(store: AccessStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async hasAdmin(): Promise<boolean> {
    return (await this.#store.consolePeople.all()).some((one) => roleOf(one) === "admin");
  }

  async byId(id: string): Promise<ConsolePersonRecord | undefined> {
    return this.#store.consolePeople.byId(id);
  }

  /** What whoever uses a link is called. @throws ConsoleFault where the name is not free */
  async nameFor(link: ConsoleLinkRecord, chosen: string): Promise<string> {
    if (link.name !== undefined) return link.name;
    const name = nameOf(chosen);
    if ((await this.#store.consolePeople.byName(name)) !== undefined) throw nameTaken(name);
    return name;
  }

  /**
   * Whoever holds the link enters with the passkey. The link is spent with it, or nothing is: who
   * has chosen a name that is taken may choose another.
   *
   * @returns the person's id
   * @throws ConsoleFault
   */
  async join(
    link: ConsoleLinkRecord,
    chosen: string,
    passkey: NewPasskey,
    label: string,
  ): Promise<string> {
    const name = link.name ?? nameOf(chosen);
    const nowMs = this.#now();
    return this.#store.inTransaction(async (tables) => {
      if (!(await tables.consoleLinks.spend(link.hash, nowMs))) throw linkEnded();
      const id = await personOf(tables, { ...link, name, known: link.name !== undefined }, nowMs);
      await tables.consolePasskeys.add({
        id: passkey.id,
        personId: id,
        publicKey: Buffer.from(passkey.publicKey).toString("base64"),
        counter: passkey.counter,
        label,
        createdAtMs: nowMs,
      });
      await audit(tables.audit, nowMs, {
        actor: actorNamed(name),
        action: "console-joined",
        about: actorNamed(name),
        details: { role: link.role, invitedBy: link.createdBy },
      });
      return id;
    });
  }

  /** By name. */
  async list(): Promise<readonly ListedPerson[]> {
    const all = await this.#store.consolePeople.all();
    return Promise.all(
      all.map(async (one) => ({
        name: one.name,
        role: roleOf(one),
        createdAtMs: one.createdAtMs,
        passkeys: (await this.#store.consolePasskeys.of(one.id)).length,
        lastSeenAtMs: (await this.#store.consoleSessions.of(one.id))[0]?.seenAtMs,
      })),
    );
  }

  /**
   * Holds from their next request on.
   *
   * @param by who presses: nobody lowers themselves
   * @throws ConsoleFault
   */
  async changeRole(name: string, to: AdminRole, by: string, why?: string): Promise<ListedPerson> {
    const person = await this.#find(name);
    if (by === actorNamed(person.name) && to !== "admin") throw locksYouOut("lower your own role");
    await this.#store.inTransaction(async (tables) => {
      if (!(await tables.consolePeople.changeRole(person.id, person.role, to)))
        throw new ConsoleFault("nobody", "Somebody else has changed this person just now.");
      await tables.consoleLinks.removeBy(actorNamed(person.name));
      await audit(tables.audit, this.#now(), {
        actor: by,
        action: "console-role-changed",
        about: actorNamed(person.name),
        details: { before: person.role, after: to, ...(why === undefined ? {} : { why }) },
      });
    });
    return (await this.list()).find((one) => one.name === person.name) as ListedPerson;
  }

  /** Ends their sessions and passkeys with them. @throws ConsoleFault */
  async remove(name: string, by: string, why?: string): Promise<void> {
    const person = await this.#find(name);
    if (by === actorNamed(person.name)) throw locksYouOut("remove yourself");
    await this.#store.inTransaction(async (tables) => {
      await tables.consoleSessions.removeOf(person.id);
      await tables.consolePasskeys.removeOf(person.id);
      await tables.consoleLinks.removeFor(person.name);
      await tables.consoleLinks.removeBy(actorNamed(person.name));
      await tables.consolePeople.remove(person.id);
      await audit(tables.audit, this.#now(), {
        actor: by,
        action: "console-removed",
        about: actorNamed(person.name),
        details: { before: person.role, ...(why === undefined ? {} : { why }) },
      });
    });
  }

  async #find(name: string): Promise<ConsolePersonRecord> {
    const found = await this.#store.consolePeople.byName(name);
    if (found === undefined)
      throw new ConsoleFault("nobody", `Nobody of the console is called '${name.slice(0, 80)}'.`);
    return found;
  }
}

const locksYouOut = (what: string): ConsoleFault =>
  new ConsoleFault(
    "locks-you-out",
    `You cannot ${what}: it would lock you out. Another admin can, or 'portcullis console' on the machine.`,
  );

interface Joining {
  readonly name: string;
  /** Whether the link itself names them: then a person who is there gets one more passkey. */
  readonly known: boolean;
  readonly role: string;
  readonly createdBy: string;
}

async function personOf(
  tables: Pick<AccessTables, "consolePeople">,
  { createdBy, known, name, role }: Joining,
  nowMs: number,
): Promise<string> {
  const existing = await tables.consolePeople.byName(name);
  if (existing !== undefined && known) return existing.id;
  const id = randomUUID();
  const isAdded =
    existing === undefined &&
    (await tables.consolePeople.add({ id, name, role, createdBy, createdAtMs: nowMs }));
  if (!isAdded) throw nameTaken(name);
  return id;
}

const nameTaken = (name: string): ConsoleFault =>
  new ConsoleFault("name-taken", `Somebody is called '${name}' already.`);
