import { Administration } from "@portcullis/identity/administration";
import { audit } from "@portcullis/identity/audit";
import { ClientAdministration, policyClients } from "@portcullis/identity/clients";
import { retentionOf } from "@portcullis/identity/policy";
import { AdminTokens } from "../admin/admin-tokens.ts";
import type { Administrator } from "../admin/administrator.ts";
import { Granting } from "../admin/grants/granting.ts";
import { Impersonating } from "../admin/impersonations/impersonating.ts";
import { Switching } from "../admin/switches/switching.ts";
import type { AdminAct } from "../admin/answer-request.ts";
import type { Administrations } from "../admin/routes.ts";
import { verifyChain } from "../store/audit-chain/verify-chain.ts";
import type { DatabaseStore } from "../store/database-store.ts";
import type { StoreSealing } from "../store/sealing.ts";
import type { Serving } from "./serving.ts";

const actorOf = (who: Administrator | undefined): string => who?.actor ?? "nobody";

/** The store and what seals it, where there are any. */
export interface Kept {
  readonly store: DatabaseStore | undefined;
  readonly sealing: StoreSealing | undefined;
}

/** What the admin API shows and changes, by the policy that serves just now. */
export function administrationsOf(
  { sealing, store }: Kept,
  serving: Pick<Serving, "plan" | "policy">,
): (Administrations & { readonly note: (act: AdminAct) => Promise<void> }) | undefined {
  if (store === undefined || sealing === undefined) return undefined;
  return {
    people: (who) =>
      new Administration(store, sealing, actorOf(who), Object.keys(serving.policy.roles ?? {})),
    clients: (who) =>
      new ClientAdministration(store, sealing, actorOf(who), policyClients(serving.policy)),
    identity: () => serving.policy.identity,
    grants: (who) => new Granting(store.grants, store.audit, actorOf(who), Date.now),
    impersonations: (who) => new Impersonating(store, actorOf(who)),
    nowMs: Date.now,
    switches: (who) => new Switching(store.switches, store.audit, actorOf(who), Date.now),
    operations: () => serving.plan.names,
    tokens: new AdminTokens(store.adminTokens, Date.now),
    audit: store.audit,
    verifyAudit: () =>
      verifyChain(store, sealing, {
        keepMs: retentionOf(serving.policy).audit,
        nowMs: Date.now(),
        known: undefined,
      }),
    note: ({ actor, operationId, path, why }) =>
      audit(store.audit, Date.now(), {
        actor,
        action: "asked",
        about: `admin-api:${operationId}`,
        details: why === undefined ? path : { ...path, why },
      }),
  };
}
