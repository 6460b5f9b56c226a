import type { DatabaseStore } from "../../store/database-store.ts";
import { type AdminRole, adminRoles } from "../administrator.ts";

/** What is kept of people who use the console, and where what they do is written down. */
export type AccessStore = Pick<
  DatabaseStore,
  | "audit"
  | "consoleLinks"
  | "consolePasskeys"
  | "consolePeople"
  | "consoleSessions"
  | "inTransaction"
>;
export type AccessTables = Omit<AccessStore, "inTransaction">;

/** What was asked for cannot be, in words for a person. */
export class ConsoleFault extends Error {
  readonly code: "link-ended" | "locks-you-out" | "name" | "name-taken" | "nobody" | "proof";

  constructor(code: ConsoleFault["code"], message: string) {
    super(message);
    this.code = code;
  }
}

const nameForm = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** @throws ConsoleFault */
export function nameOf(said: string): string {
  const name = said.trim().toLowerCase();
  if (nameForm.test(name)) return name;
  throw new ConsoleFault(
    "name",
    "A name has at most 63 of a-z, 0-9, dot, _ and -, and begins with a letter or digit.",
  );
}

/** A role that a later version has given means nothing here, and gives the least that there is. */
export const roleOf = ({ role }: { readonly role: string }): AdminRole =>
  adminRoles.find((one) => one === role) ?? "viewer";

/** As the audit names them. */
export const actorNamed = (name: string): string => `console:${name}`;
