import { notYours } from "../../facts/absent.ts";
import type { Decisions } from "../../facts/decision.ts";
import type { Refusal } from "../../facts/refusal.ts";
import type { AskingFacts } from "../compile-context.ts";
import type { NamingFacts } from "./named-ids.ts";
import type { Asks, OwnerAtom, OwningCaller } from "./owner-rule.ts";

/** What a rule may look at. */
export type JudgedFacts = NamingFacts &
  AskingFacts & { readonly decisions: Pick<Decisions, "observe"> };

/** Undefined when the object is the caller's. A promise only where somebody is asked. */
export type JudgeAtom = (
  known: JudgedFacts,
  caller: OwningCaller,
  asks: Asks,
) => Refusal | undefined | Promise<Refusal | undefined>;

export type Atom<K extends OwnerAtom["kind"]> = Extract<OwnerAtom, { readonly kind: K }>;

export const saysNotWho = notYours("the token does not say who asks");
