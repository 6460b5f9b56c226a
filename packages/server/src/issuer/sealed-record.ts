import type { AdapterPayload } from "oidc-provider";
import type { Sealing } from "../store/sealing.ts";
import type { RecordRow } from "./unit-of-work.ts";

/** The browser's session is found by its public half, so its own name stays inside; every other name is the secret itself. */
const keepsName: ReadonlySet<string> = new Set(["Session"]);

export function sealRecord(model: string, rowId: string, payload: AdapterPayload, sealing: Sealing): Uint8Array {
  const { jti, ...rest } = payload;
  return sealing.seal(JSON.stringify(keepsName.has(model) ? { ...rest, jti } : rest), `${model}/${rowId}`);
}

/** The payload as it was, but for its name where that is a secret. */
export function openRecord(row: Pick<RecordRow, "model" | "id" | "sealed" | "consumed_at">, sealing: Sealing): AdapterPayload {
  const payload = JSON.parse(sealing.open(row.sealed, `${row.model}/${row.id}`)) as AdapterPayload;
  return row.consumed_at === null ? payload : { ...payload, consumed: Math.floor(row.consumed_at / 1000) };
}
