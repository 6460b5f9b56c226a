import type { Adapter, AdapterPayload } from "oidc-provider";
import { grantRef, recordId } from "../names/record-names.ts";
import type { OidcRecord } from "../store/oidc-records.ts";
import { commit, type CommitOptions } from "./commit.ts";
import { familyRow } from "./family.ts";
import { handleOf } from "./family-token.ts";
import { findFamilyToken } from "./presented-family.ts";
import { findPresentedCode, findPresentedToken } from "./presented-token.ts";
import { bearersOf, stillStand } from "./epochs.ts";
import { openRecord } from "./sealed-record.ts";
import { currentWork, UnitOfWork } from "./unit-of-work.ts";

export interface GrantStoreOptions extends CommitOptions {
  /** For how long a lost answer may be asked for again. */
  readonly retryWindowMs: number;
  readonly onTrouble: (message: string) => void;
  /** Registered apps by their ids; changed without a restart. */
  readonly findClient: (id: string) => AdapterPayload | undefined;
}

/**
 * What the provider keeps, kept so that races, crashes and copies of the database cannot hurt it:
 * records are named by hashes and sealed; writes wait in the request's unit of work and are
 * committed together.
 */
export function createGrantStore(options: GrantStoreOptions): (model: string) => Adapter {
  return (model) => new GrantAdapter(model, options);
}

class GrantAdapter implements Adapter {
  readonly #model: string;
  readonly #options: GrantStoreOptions;

  constructor(model: string, options: GrantStoreOptions) {
    this.#model = model;
    this.#options = options;
  }

  async upsert(id: string, payload: AdapterPayload, expiresInSeconds: number): Promise<void> {
    // The replay memory must outlive the last moment at which the proof could be taken: a proof
    // dated ahead lives twice as long.
    const life = this.#model === "ReplayDetection" ? expiresInSeconds * 2 : expiresInSeconds;
    await this.#within((work) => {
      work.seen.set(recordId(this.#model, id), payload);
      work.writes.push({
        do: "put",
        model: this.#model,
        id,
        payload,
        expiresAtMs: life > 0 ? this.#options.now() + life * 1000 : undefined,
      });
    });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (this.#model === "Client") return this.#options.findClient(id);
    const name = recordId(this.#model, id);
    const work = currentWork.getStore();
    if (work?.seen.has(name) === true) return work.seen.get(name);
    const payload = await this.#read(id, name, work);
    work?.seen.set(name, payload);
    return payload;
  }

  async #read(
    id: string,
    name: string,
    work: UnitOfWork | undefined,
  ): Promise<AdapterPayload | undefined> {
    const handle = this.#model === "RefreshToken" ? handleOf(id) : undefined;
    if (handle !== undefined) return findFamilyToken(handle, id, work, this.#options);
    const record = await this.#options.store.oidcRecords.find(this.#model, name);
    return record === undefined ? undefined : this.#payloadOf(record, id, work);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const work = currentWork.getStore();
    for (const payload of work?.seen.values() ?? [])
      if (payload?.uid === uid && payload.kind === this.#model) return payload;
    const { now, sealing, store } = this.#options;
    const record = await store.oidcRecords.findByUid(this.#model, recordId("uid", uid));
    if (record === undefined || hasExpired(record, now())) return undefined;
    const payload = openRecord(record, sealing);
    return (await stillStand(bearersOf(record, payload), work, store)) ? payload : undefined;
  }

  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async consume(id: string): Promise<void> {
    await this.#within((work) =>
      work.writes.push({
        do: "spend",
        model: this.#model,
        id: work.presented?.token === id ? work.presented.liveRecordId : recordId(this.#model, id),
      }),
    );
  }

  async destroy(id: string): Promise<void> {
    const handle = this.#model === "RefreshToken" ? handleOf(id) : undefined;
    const name = recordId(this.#model, id);
    await this.#within((work) => {
      work.seen.set(name, undefined);
      const row = handle === undefined ? name : familyRow(handle);
      work.writes.push({ do: "remove", model: this.#model, id: row });
    });
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#within((work) =>
      work.writes.push({ do: "end", model: this.#model, grantRef: grantRef(grantId) }),
    );
  }

  async #payloadOf(
    record: OidcRecord,
    id: string,
    work: UnitOfWork | undefined,
  ): Promise<AdapterPayload | undefined> {
    const { now, sealing } = this.#options;
    if (hasExpired(record, now()) && this.#model !== "RefreshToken") return undefined;
    const payload = { ...openRecord(record, sealing), jti: id };
    if (!(await stillStand(bearersOf(record, payload), work, this.#options.store)))
      return undefined;
    if (this.#model === "RefreshToken")
      return findPresentedToken(record, payload, id, work, this.#options);
    if (this.#model === "AuthorizationCode")
      return findPresentedCode(record, payload, id, work, this.#options);
    return payload;
  }

  /** Outside a request, as when a command ends a session, the change is a unit of its own. */
  async #within(change: (work: UnitOfWork) => void): Promise<void> {
    const work = currentWork.getStore();
    if (work !== undefined) {
      change(work);
      return;
    }
    const own = new UnitOfWork();
    change(own);
    await commit(own, this.#options);
  }
}

const hasExpired = ({ expiresAtMs }: OidcRecord, nowMs: number): boolean =>
  expiresAtMs !== undefined && expiresAtMs <= nowMs;
