import type { Sealing } from "@portcullis/identity/store";

/** The end of the chain. Kept sealed, and told to whoever wants to compare it later. */
export interface ChainHead {
  readonly sequence: number;
  /** Of the entry at that place; empty where nothing is chained yet. */
  readonly hash: string;
}

export const noHead: ChainHead = { sequence: 0, hash: "" };

const place = "audit_head";

export const sealHead = (sealing: Sealing, { hash, sequence }: ChainHead): Uint8Array =>
  sealing.seal(`${sequence} ${hash}`, place);

/** @throws Error when it was changed, or sealed by a key that is not here */
export function openHead(sealing: Sealing, sealed: Uint8Array): ChainHead {
  const [sequence, hash = ""] = sealing.open(sealed, place).split(" ");
  return { sequence: Number(sequence), hash };
}
