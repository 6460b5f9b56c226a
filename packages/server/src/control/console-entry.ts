import { rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { audit } from "@portcullis/identity/audit";
import { ConsoleAccess } from "../admin/access/console-access.ts";
import {
  type ConsoleAddress,
  consoleAddressOf,
  joinLink,
} from "../admin/access/console-address.ts";
import { ConsolePeople } from "../admin/access/console-people.ts";
import { EntryLinks } from "../admin/access/entry-links.ts";
import type { AdminServerOptions } from "../admin/admin-server.ts";
import type { AdminAct } from "../admin/answer-request.ts";
import { ConsoleDoor } from "../admin/console/console-door.ts";
import { ConsoleFiles } from "../admin/console/console-files.ts";
import type { ConsoleEntry } from "../admin/people/people.ts";
import type { Route } from "../admin/route.ts";
import { type AdminParts, adminRoutes } from "../admin/routes.ts";
import { writeWhole } from "../files/whole-file.ts";
import type { DatabaseStore } from "../store/database-store.ts";
import { defaultStore, openStore } from "../store/open-store.ts";
import type { administrationsOf } from "./administrations.ts";
import type { UpOptions } from "./up-options.ts";

type ConsoleEntryOptions = Pick<UpOptions, "directory" | "environment" | "planned" | "say">;

export interface Entrance {
  /** Undefined where the console has no name. */
  readonly consoleUrl: string | undefined;
  readonly firstLink: FirstLink | undefined;
}

/** How the first one gets in, where nobody who may invite others is there yet. */
export type FirstLink =
  | { readonly link: string }
  /** In production no terminal and no log shows it. */
  | { readonly file: string };

/** The console's people, and the door through which they come. */
export class OpenConsole implements ConsoleEntry {
  readonly people: ConsolePeople;
  readonly links: EntryLinks;
  readonly #options: ConsoleEntryOptions;
  readonly #store: DatabaseStore;
  readonly #isOwnStore: boolean;
  #address: ConsoleAddress | undefined;

  private constructor(options: ConsoleEntryOptions, store: DatabaseStore, isOwnStore: boolean) {
    this.#options = options;
    this.#store = store;
    this.#isOwnStore = isOwnStore;
    this.people = new ConsolePeople(store, Date.now);
    this.links = new EntryLinks(store, Date.now);
  }

  /**
   * @param store the program's own; undefined where the policy names none: these people have one
   * @returns undefined where its people cannot be kept, which ends nothing else
   */
  static async open(
    options: ConsoleEntryOptions,
    store: DatabaseStore | undefined,
  ): Promise<OpenConsole | undefined> {
    const { directory, say } = options;
    if (store !== undefined) return new OpenConsole(options, store, false);
    try {
      const own = await openStore(defaultStore(directory), process.cwd());
      return new OpenConsole(options, own, true);
    } catch (fault) {
      say(`nobody can sign in to the console: ${(fault as Error).message}`);
      return undefined;
    }
  }

  readonly address = (): ConsoleAddress | undefined => this.#address;

  /** @param port that the admin server has got */
  door(routes: readonly Route[], port: number): ConsoleDoor {
    const { planned, say } = this.#options;
    this.#address = consoleAddressOf(planned.policy.admin, port);
    const access =
      this.#address === undefined
        ? undefined
        : new ConsoleAccess({
            address: this.#address,
            store: this.#store,
            nowMs: Date.now,
            node: hostname(),
            say,
          });
    return new ConsoleDoor(ConsoleFiles.beside(routes), access);
  }

  /** Where people find it, once the admin port is open. */
  async entrance(): Promise<Entrance> {
    return { consoleUrl: this.#address?.origin, firstLink: await this.firstLink() };
  }

  /** @returns undefined where somebody may invite others already, or the console has no name */
  async firstLink(): Promise<FirstLink | undefined> {
    try {
      return await this.#firstLink();
    } catch (fault) {
      this.#options.say(`no link to the console could be made: ${(fault as Error).message}`);
      return undefined;
    }
  }

  async #firstLink(): Promise<FirstLink | undefined> {
    const { directory, environment } = this.#options;
    const file = join(directory, "console-link");
    rmSync(file, { force: true });
    if (this.#address === undefined || (await this.people.hasAdmin())) return undefined;
    const { secret } = await this.links.issue("admin", "up");
    const link = joinLink(this.#address, secret);
    if (environment["PORTCULLIS_ENV"] !== "production") return { link };
    writeWhole(file, `${link}\n`);
    return { file };
  }

  /** Writes down who has asked for what, where the program has no store of its own. */
  note({ actor, operationId, path, why }: AdminAct): Promise<void> {
    return audit(this.#store.audit, Date.now(), {
      actor,
      action: "asked",
      about: `admin-api:${operationId}`,
      details: why === undefined ? path : { ...path, why },
    });
  }

  async close(): Promise<void> {
    if (this.#isOwnStore) await this.#store.close();
  }
}

type AnsweringPart = Pick<AdminServerOptions, "console" | "note" | "routes" | "tokens">;

/**
 * What the admin port answers, to programs and to people.
 *
 * @param entry undefined: nobody can sign in
 * @param administrations undefined: programs have no tokens
 */
export function withConsole(
  parts: AdminParts,
  entry: OpenConsole | undefined,
  administrations: ReturnType<typeof administrationsOf>,
): AnsweringPart {
  const routes = adminRoutes({ ...parts, console: entry });
  return {
    routes,
    tokens: administrations?.tokens,
    note: async (act) => (administrations ?? entry)?.note(act),
    console: (port) =>
      entry?.door(routes, port) ?? new ConsoleDoor(ConsoleFiles.beside(routes), undefined),
  };
}
