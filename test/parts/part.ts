import type { TestContext } from "node:test";

/** Where a part was found, or why it was not ("is not installed"). */
export type Find<Place> = { readonly place: Place } | { readonly missing: string };

/** Something outside the repository that some tests need, and that a machine may not have. */
export interface Part<Place, Value> {
  /** Its name, as a sentence begins with it. */
  readonly title: string;
  /** What the tests do with it. */
  readonly use: string;
  /** The Debian packages that bring it, or what to do to have it. */
  readonly get: { readonly debian: readonly string[] } | string;
  /** Set where continuous integration may do without it too. */
  readonly optional?: true;
  /** The environment variable that names another one than would be found. */
  readonly variable: string;
  /** Looks for it without starting anything. */
  find(): Find<Place>;
  /**
   * Makes it ready for one test. What it starts for this test alone ends with the test.
   *
   * @throws PartMissing when it is there and cannot be used
   */
  open(place: Place, context: TestContext): Promise<Value>;
}

/** A part that was found, and then could not be started. */
export class PartMissing extends Error {}

/**
 * Continuous integration must not pass because it lacks something: there, a missing part is a
 * failure.
 */
export const everythingIsNeeded: boolean = !["", "0", "false"].includes(process.env["CI"] ?? "");

/** Parts that this run shall do without, although they may be there: names with commas between. */
const without: readonly string[] = (process.env["PORTCULLIS_TEST_WITHOUT"] ?? "").split(",");

/** Looks for a part by the name it has in the table. */
export function findPart<Place>(name: string, part: Part<Place, unknown>): Find<Place> {
  return without.includes(name)
    ? { missing: `is left out (PORTCULLIS_TEST_WITHOUT names ${name})` }
    : part.find();
}

/** Says what is missing, and how to get it, in one line. */
export function reasonOf({ get, title }: Part<unknown, unknown>, missing: string): string {
  const how = typeof get === "string" ? get : `apt-get install ${get.debian.join(" ")}`;
  return `${title} ${missing} (${how})`;
}
