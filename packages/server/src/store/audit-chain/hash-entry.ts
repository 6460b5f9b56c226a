import type { AuditRecord } from "@portcullis/identity/store";
import { createHash } from "node:crypto";

/**
 * What ties an entry to all those before it: SHA-256, in hexadecimal, of the hash before it, of its
 * place and of everything it says. JSON keeps apart where one part ends and the next begins.
 */
export const hashEntry = (previous: string, sequence: number, entry: AuditRecord): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        previous,
        sequence,
        entry.id,
        entry.atMs,
        entry.actor,
        entry.action,
        entry.about,
        JSON.stringify(entry.details),
      ]),
    )
    .digest("hex");
