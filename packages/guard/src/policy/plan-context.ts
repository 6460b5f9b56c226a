import type { Tiers } from "../limits/compile-limits.ts";
import type { Operation, SchemaRegistry } from "../operation.ts";
import type { ReadPolicy } from "./read-policy.ts";
import type { NamedModes } from "./resolve-modes.ts";

/** What every operation is planned with. */
export interface PlanContext {
  readonly globalModes: NamedModes;
  readonly tiers: Tiers;
  readonly roles: Readonly<Record<string, readonly string[]>> | undefined;
  /** Every operation, for rules that ask another one. */
  readonly operations: readonly Operation[];
  /** The schemas of the document that an operation stands in. */
  readonly schemasOf: (operation: Operation) => SchemaRegistry;
  readonly decisionPoints: readonly string[];
  /** Kinds of objects whose ids are remembered as shown. */
  readonly kinds: readonly string[];
  /** Whether tokens can be verified at all. */
  readonly identity: boolean;
  readonly note: ReadPolicy["faultAt"];
}
