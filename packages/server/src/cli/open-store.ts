import type { Plan } from "@portcullis/guard/policy";
import { loadPolicy } from "../policy/load-policy.ts";
import type { DatabaseStore } from "../store/database-store.ts";
import { defaultStore, openStore } from "../store/open-store.ts";
import { createSealing, sealingKeys, type StoreSealing } from "../store/sealing.ts";
import type { Policy } from "../policy/program-policy.ts";
import type { Command } from "./verb.ts";
import { policySources, text } from "./sources.ts";
import { faultLines, Misuse } from "./terminal.ts";

export interface OpenedStore {
  readonly store: DatabaseStore;
  readonly sealing: StoreSealing;
  readonly policy: Policy;
  /** Undefined where the documents are not understood. */
  readonly plan: Plan | undefined;
}

/**
 * The store of the policy that lies here. A running gate sees what a command changes within a
 * fraction of a second.
 */
export async function withStore<T>(
  { values }: Command,
  environment: Readonly<Record<string, string | undefined>>,
  work: (opened: OpenedStore) => Promise<T>,
): Promise<T> {
  const { faults, folder, plan, policy } = await loadPolicy(
    policySources(values, environment, false),
  );
  if (policy === undefined || faults.some(({ severity }) => severity === "error"))
    throw new Misuse(
      `${faultLines(faults)}\nThe store is named by the policy, and the policy is not understood.`,
    );
  const directory = text(values["directory"]) ?? ".portcullis";
  const isKept = policy.identity?.issuer === "builtin" || policy.impersonation !== undefined;
  if (policy.store === undefined && !isKept)
    throw new Misuse(
      "the policy names no store.\nAdd one: store: ./.portcullis/portcullis.db, or postgres://...",
    );
  const sealing = createSealing(sealingKeys(directory, environment));
  const store = await openStore(
    policy.store ?? defaultStore(directory),
    policy.store === undefined ? process.cwd() : folder,
  );
  try {
    return await work({ store, sealing, policy, plan });
  } finally {
    await store.close();
  }
}
