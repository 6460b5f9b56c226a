import type { StoreSealing } from "./sealing.ts";

/**
 * @param place what the content belongs to, as it was named when it was sealed
 * @returns the same content under the key that seals now; undefined when it is already
 */
export type Reseal = (sealed: Uint8Array, place: string) => Uint8Array | undefined;

/** A table with sealed content. */
export interface SealedTable {
  /** Row by row, beside a program that serves. @returns how many rows needed it */
  reseal(again: Reseal): Promise<number>;
}

export interface SealedTables {
  readonly oidcRecords: SealedTable;
  readonly factors: SealedTable;
  readonly oneTimeCodes: SealedTable;
  readonly signingKeys: SealedTable;
  readonly clients: SealedTable;
  readonly secrets: SealedTable;
}

/** Seals everything in the store with the current key. @returns how many rows needed it */
export async function reseal(tables: SealedTables, sealing: StoreSealing): Promise<number> {
  const again: Reseal = (sealed, place) =>
    sealing.isCurrent(sealed) ? undefined : sealing.seal(sealing.open(sealed, place), place);
  let count = 0;
  for (const table of [
    tables.oidcRecords,
    tables.factors,
    tables.oneTimeCodes,
    tables.signingKeys,
    tables.clients,
    tables.secrets,
  ])
    count += await table.reseal(again);
  return count;
}
