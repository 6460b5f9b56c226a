import { randomBytes } from "node:crypto";
import { audit } from "@portcullis/identity/audit";
import type { AuditTable } from "@portcullis/identity/store";
import type { GrantRecord, GrantRows } from "../../store/tables/grants.ts";

/** What is to be granted. */
export interface GrantWish {
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly object: string | undefined;
  readonly methods: readonly string[];
  readonly reason: string;
  readonly forMs: number;
}

/** What was asked for cannot be, in words for a person. */
export class GrantFault extends Error {}

const longestMs = 90 * 86_400_000;
const mostActive = 10_000;
const kindForm = /^[a-z][a-z0-9-]{0,39}$/;
/** As an id may stand in a token or an answer: no blanks, no control characters. */
const idForm = /^[!-~]{1,200}$/;
const known = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"]);

export type GrantTable = Pick<GrantRows, "add" | "active" | "remove" | "removeEnded">;

/** Grants of one person's objects to another: made, listed and taken back, each with its audit. */
export class Granting {
  readonly #table: GrantTable;
  readonly #audit: AuditTable;
  readonly #actor: string;
  readonly #now: () => number;

  constructor(table: GrantTable, auditTable: AuditTable, actor: string, now: () => number) {
    this.#table = table;
    this.#audit = auditTable;
    this.#actor = actor;
    this.#now = now;
  }

  /** @throws GrantFault */
  async add(wish: GrantWish): Promise<GrantRecord> {
    judge(wish);
    const { forMs, ...rest } = wish;
    const createdAtMs = this.#now();
    if ((await this.#table.active(createdAtMs, mostActive)).length >= mostActive)
      throw new GrantFault(`there are ${mostActive} grants already: more belong to the backend`);
    await this.#table.removeEnded(createdAtMs);
    const grant: GrantRecord = {
      ...rest,
      // In the order of their making, so that the last is told by its id.
      id: `${createdAtMs.toString(36).padStart(9, "0")}-${randomBytes(6).toString("hex")}`,
      createdBy: this.#actor,
      createdAtMs,
      untilMs: createdAtMs + forMs,
    };
    await this.#table.add(grant);
    await this.#note("grant-added", grant);
    return grant;
  }

  list(): Promise<readonly GrantRecord[]> {
    return this.#table.active(this.#now(), mostActive);
  }

  /** @returns what was taken back; undefined where there is no such grant */
  async revoke(id: string): Promise<GrantRecord | undefined> {
    const gone = await this.#table.remove(id);
    if (gone !== undefined) await this.#note("grant-revoked", gone);
    return gone;
  }

  #note(action: string, grant: GrantRecord): Promise<void> {
    const { from, id, kind, methods, object = "", reason, to, untilMs } = grant;
    return audit(this.#audit, this.#now(), {
      actor: this.#actor,
      action,
      about: `grant:${id}`,
      details: {
        kind,
        from,
        to,
        object,
        methods: methods.join(" "),
        reason,
        until: new Date(untilMs).toISOString(),
      },
    });
  }
}

function judge({ forMs, from, kind, methods, object, reason, to }: GrantWish): void {
  if (!kindForm.test(kind))
    throw new GrantFault("a kind is what owner rules say behind granted, such as order");
  for (const id of [from, to, ...(object === undefined ? [] : [object])])
    if (!idForm.test(id))
      throw new GrantFault("people and objects are named by their ids, without blanks");
  if (from === to) throw new GrantFault("nobody grants themselves what is theirs already");
  if (methods.length === 0 || methods.some((method) => !known.has(method)))
    throw new GrantFault("name the methods that it is good for, such as GET");
  if (reason.trim() === "") throw new GrantFault("say why it is granted");
  if (!(forMs > 0 && forMs <= longestMs))
    throw new GrantFault("a grant ends within 90 days: say for how long, such as 24h");
}
