// Ownership: what the program around the gate provides for it, and which rules it may propose.
// Whose objects are: what the program around the gate provides, and what it may propose.
export { choosesNothing } from "../controls/ownership/choosing.ts";
export { type EvidenceRow, OwnerEvidence } from "../controls/ownership/owner-evidence.ts";
export type {
  AskDecisionPoint,
  DecisionPointPlan,
  RelationQuestion,
} from "../controls/ownership/relation.ts";
export { type OwnerSuggestion, suggestOwners } from "../controls/ownership/suggest-owners.ts";
export { canSeal, IdSealer } from "../controls/sealed-ids/id-sealer.ts";
