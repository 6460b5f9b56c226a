// Every way in which the gate says no.
export { problems as limitProblems } from "../controls/limit/problems.ts";
export { problems as protocolProblems } from "../controls/protocol/problems.ts";
export { headerProblems } from "../facts/header-fields.ts";
export type { Problem } from "../facts/problem.ts";
export { problemDocument } from "../facts/problem-document.ts";
export { type Refusal, refuse } from "../facts/refusal.ts";
export { problemCatalogue } from "../guard-policy.ts";
