import { createHash } from "node:crypto";

/** A script of Redis, and what it is called by once a server knows it. */
export interface Script {
  readonly text: string;
  readonly digest: string;
}

export const script = (text: string): Script => ({
  text,
  digest: createHash("sha1").update(text).digest("hex"),
});
