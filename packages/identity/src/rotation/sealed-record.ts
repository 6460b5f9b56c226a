import type { AdapterPayload } from "oidc-provider";
import type { OidcRecord } from "../store/oidc-records.ts";
import type { Sealing } from "../store/sealing.ts";

/**
 * A browser's session is found by its `uid`, so its own name has to stay inside. Every other name is
 * the secret itself, which is written down nowhere.
 */
const keepsName: ReadonlySet<string> = new Set(["Session"]);

export function sealRecord(
  model: string,
  id: string,
  { jti, ...rest }: AdapterPayload,
  sealing: Sealing,
): Uint8Array {
  const content = keepsName.has(model) ? { ...rest, jti } : rest;
  return sealing.seal(JSON.stringify(content), `${model}/${id}`);
}

/** The payload as it was, but for its name where that is a secret. */
export function openRecord(
  { consumedAtMs, id, model, sealed }: OidcRecord,
  sealing: Sealing,
): AdapterPayload {
  const payload = JSON.parse(sealing.open(sealed, `${model}/${id}`)) as AdapterPayload;
  return consumedAtMs === undefined
    ? payload
    : { ...payload, consumed: Math.floor(consumedAtMs / 1000) };
}
