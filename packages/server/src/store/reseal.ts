import type { Database } from "./open-store.ts";
import type { Sealing } from "./sealing.ts";

/** Seals everything with the current key, row by row beside a program that serves. @returns how many rows needed it */
export async function reseal(db: Database, sealing: Sealing): Promise<number> {
  let count = 0;
  for (const row of await db.selectFrom("oidc_records").select(["model", "id", "sealed"]).execute()) {
    if (sealing.isCurrent(row.sealed)) continue;
    const place = `${row.model}/${row.id}`;
    await db.updateTable("oidc_records").set({ sealed: sealing.seal(sealing.open(row.sealed, place), place) }).where("model", "=", row.model).where("id", "=", row.id).where("sealed", "=", row.sealed).execute();
    count += 1;
  }
  for (const table of ["factors", "one_time_codes"] as const) {
    for (const row of await db.selectFrom(table).select(["id", "sealed"]).execute()) {
      if (sealing.isCurrent(row.sealed)) continue;
      const place = `${table}/${row.id}`;
      await db.updateTable(table).set({ sealed: sealing.seal(sealing.open(row.sealed, place), place) }).where("id", "=", row.id).execute();
      count += 1;
    }
  }
  for (const row of await db.selectFrom("signing_keys").select(["kid", "sealed"]).execute()) {
    if (sealing.isCurrent(row.sealed)) continue;
    const place = `signing_keys/${row.kid}`;
    await db.updateTable("signing_keys").set({ sealed: sealing.seal(sealing.open(row.sealed, place), place) }).where("kid", "=", row.kid).execute();
    count += 1;
  }
  for (const row of await db.selectFrom("clients").select(["id", "metadata"]).execute()) {
    const { sealedSecret, ...rest } = JSON.parse(row.metadata) as { readonly sealedSecret?: string };
    if (sealedSecret === undefined) continue;
    const sealed = Buffer.from(sealedSecret, "base64");
    if (sealing.isCurrent(sealed)) continue;
    const place = `clients/${row.id}`;
    await db.updateTable("clients").set({ metadata: JSON.stringify({ ...rest, sealedSecret: Buffer.from(sealing.seal(sealing.open(sealed, place), place)).toString("base64") }) }).where("id", "=", row.id).execute();
    count += 1;
  }
  return count;
}
