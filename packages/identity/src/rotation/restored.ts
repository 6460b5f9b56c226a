import { audit } from "../people/audit.ts";
import { revoke } from "../people/revoke.ts";
import type { Sealing } from "../store/sealing.ts";
import type { Store } from "../store/store.ts";
import { type FamilyClaims, readBearer } from "./family-token.ts";

export interface RestoredParts {
  readonly store: Store;
  readonly sealing: Sealing;
  readonly now: () => number;
  readonly onTrouble: (message: string) => void;
}

const secondMs = 1000;

/**
 * A token of this family that the store has not made yet: it was made after the copy from which the
 * store was brought back. It is taken once for each family, from the holder of the key it is bound
 * to, and only when an administrator has said that the store was restored: otherwise rows are
 * missing, and nobody knows why.
 *
 * @returns the restoration that it is taken for, by the moment it was said; undefined: it is not
 */
export async function adoptionOf(
  { issuedAtSeconds }: FamilyClaims,
  { adoptedAtMs, isBound }: { readonly adoptedAtMs: number; readonly isBound: boolean },
  { onTrouble, store }: Pick<RestoredParts, "onTrouble" | "store">,
): Promise<number | undefined> {
  const restored = await store.restorations.latest();
  if (restored === undefined) {
    onTrouble(
      "a refresh token came that is newer than the store: the store has lost what was written. " +
        "If it was brought back from a copy, say so: portcullis store restored --at TIME",
    );
    return undefined;
  }
  const isAfterCopy = (issuedAtSeconds + 1) * secondMs > restored.copyOfMs;
  return isBound && isAfterCopy && adoptedAtMs < restored.saidAtMs ? restored.saidAtMs : undefined;
}

/**
 * A token whose family is not in the restored store: its sign-in was after the copy, and has to be
 * made again. What it says of the account is believed, because the store's own key has sealed it:
 * where its epoch is higher, everything of before was ended after the copy, and ends again.
 */
export async function learnEpoch(
  token: string,
  { now, sealing, store }: RestoredParts,
): Promise<void> {
  const bearer = readBearer(token, sealing);
  if (bearer === undefined) return;
  const restored = await store.restorations.latest();
  if (restored === undefined || (bearer.issuedAtSeconds + 1) * secondMs <= restored.copyOfMs)
    return;
  const { accountId, epoch } = bearer;
  await store.inTransaction(async (tables) => {
    const raised = await tables.accounts.raiseEpochTo(accountId, epoch);
    if (raised === undefined) return;
    const leastVersion = {
      kind: "subject",
      value: accountId,
      leastVersion: raised.version,
    } as const;
    await revoke(tables.revocations, now(), leastVersion);
    await audit(tables.audit, now(), {
      actor: "issuer",
      action: "epoch-restored",
      about: `user:${accountId}`,
      details: { epoch },
    });
  });
}
