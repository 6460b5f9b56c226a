import type { OperationRole } from "../reading/operation-roles.ts";
import type { AnswerOutcome } from "./reserved.ts";

/**
 * What of a request whoever looks for attacks needs beside its record, and nothing that could be
 * read back: names are keyed hashes, whole numbers below 2^53 of which zero is none. It stays in
 * the memory between threads; no line holds it.
 */
export interface Signal {
  readonly role: OperationRole | undefined;
  /** As `failure` of the policy says; undefined where the backend has not told. */
  readonly outcome: AnswerOutcome;
  /** What the attempt was at: a user name, a card, as `target` says. */
  readonly target: number;
  /** The address, or the IPv6 network of 64 bits. */
  readonly address: number;
  /** The network around it: 24 bits of IPv4, 48 of IPv6. */
  readonly network: number;
  /** The key that the caller has shown, or what names the device. */
  readonly device: number;
  /** Who calls. */
  readonly subject: number;
  /** The values of the path's parameters. */
  readonly object: number;
  /** How the program that asks writes its fields: their order, their letter case, the version. */
  readonly shape: number;
  /** The caller has proved to hold a key. */
  readonly isKeyShown: boolean;
  /** The caller was shown the object before; undefined where nothing remembers that. */
  readonly wasShown: boolean | undefined;
}
