import { createHash, randomBytes } from "node:crypto";
import type { AdminTokenRecord, AdminTokenRows } from "../store/tables/admin-tokens.ts";
import { type AdminRole, adminRoles, type Administrator } from "./administrator.ts";

/** Where tokens of the admin API are kept. */
export type AdminTokenTable = Pick<AdminTokenRows, "add" | "byHash" | "all" | "remove">;

/** A token, without what it could be found by. */
export interface ListedAdminToken {
  readonly name: string;
  readonly role: AdminRole;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** What was asked for cannot be, in words for a person. */
export class AdminTokenFault extends Error {}

const prefix = "pca_";
const secretBytes = 32;
const nameForm = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const longestMs = 400 * 86_400_000;

/**
 * Tokens of the admin API, each with a name, a role and an end. 256 random bits cannot be guessed,
 * so that they are found by their plain hash, and a comparison tells nothing by its time.
 */
export class AdminTokens {
  readonly #table: AdminTokenTable;
  readonly #now: () => number;

  constructor(table: AdminTokenTable, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  /**
   * @returns the token itself, which is shown once and kept nowhere
   * @throws AdminTokenFault
   */
  async issue(name: string, role: AdminRole, ttlMs: number): Promise<string> {
    if (!nameForm.test(name))
      throw new AdminTokenFault(
        `'${name.slice(0, 80)}' is no name for a token: at most 63 of a-z, 0-9, dot, _ and -`,
      );
    if (!(ttlMs > 0 && ttlMs <= longestMs))
      throw new AdminTokenFault("a token ends within 400 days: say for how long, such as 90d");
    const token = `${prefix}${randomBytes(secretBytes).toString("base64url")}`;
    const createdAtMs = this.#now();
    const record = { name, hash: hashOf(token), role, createdAtMs };
    if (!(await this.#table.add({ ...record, expiresAtMs: createdAtMs + ttlMs })))
      throw new AdminTokenFault(`there is a token '${name}' already; revoke it, or choose another`);
    return token;
  }

  /** Who shows this; undefined for what is no token, or one that has ended. */
  async identify(presented: string): Promise<Administrator | undefined> {
    if (!presented.startsWith(prefix)) return undefined;
    const found = await this.#table.byHash(hashOf(presented));
    if (found === undefined || found.expiresAtMs <= this.#now()) return undefined;
    return { actor: `admin:${found.name}`, role: roleOf(found) };
  }

  /** By name. */
  async list(): Promise<readonly ListedAdminToken[]> {
    const all = await this.#table.all();
    return all.map((record) => ({
      name: record.name,
      role: roleOf(record),
      createdAtMs: record.createdAtMs,
      expiresAtMs: record.expiresAtMs,
    }));
  }

  /** @throws AdminTokenFault where there is none of this name */
  async revoke(name: string): Promise<void> {
    if (!(await this.#table.remove(name)))
      throw new AdminTokenFault(`there is no token '${name.slice(0, 80)}'`);
  }
}

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

/** A role that a later version has given means nothing here, and gives the least that there is. */
const roleOf = ({ role }: AdminTokenRecord): AdminRole =>
  adminRoles.find((one) => one === role) ?? "viewer";
