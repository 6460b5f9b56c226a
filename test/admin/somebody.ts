import type { DatabaseStore } from "../../packages/server/src/store/database-store.ts";

/** Somebody of the console, and somebody who acts in another's name. */
export async function somebodyIsThere(store: DatabaseStore): Promise<void> {
  const ivo = { id: "1", name: "ivo", role: "viewer", createdBy: "test", createdAtMs: 1 };
  await store.consolePeople.add(ivo);
  await store.impersonations.add({
    id: "s-1",
    actor: "sam",
    subject: "ann",
    reason: "INC-1",
    roles: undefined,
    tier: undefined,
    accountVersion: undefined,
    begunAtMs: 1_000_000,
    untilMs: 9_000_000,
  });
}
