import type { Finding, Words } from "../control.ts";
import type { EntryPlan, OperationEntryPlan } from "./plan.ts";

function cell({ rule }: OperationEntryPlan): string {
  if (rule === undefined) return "no rule: closed";
  if (rule.anonymous) return "anyone";
  const scopes = rule.alternatives
    .map((alternative) => alternative.scopes.join(" "))
    .filter((one) => one !== "");
  const parts = [
    scopes.length === 0 ? "signed in" : scopes.join(" or "),
    rule.roles.length === 0 ? "" : `role ${rule.roles.join(" or ")}`,
    rule.clients.length === 0 ? "" : `from ${rule.clients.join(" or ")}`,
  ];
  return parts.filter((one) => one !== "").join(", ");
}

const kinds = {
  noRule:
    "[have|has] no rule who may enter, and [are|is] closed where authorization is enforced " +
    "(say 'security: []' or 'allow: anyone' where anybody may)",
  carries:
    "[carry|carries] requests of [their|its] own, which pass no rule of theirs, and [are|is] closed where " +
    "authorization is enforced (say 'carriesRequests: true' where the backend judges each of them)",
  noIssuer:
    "[need|needs] a token, but no issuer is named, so that nobody can have one " +
    "(identity: { issuer: https://..., audience: ... })",
} as const;

export const words: Words<EntryPlan, OperationEntryPlan> = {
  column: { key: "entry", place: 1, title: "WHO MAY ENTER", cell },
  findings({ carriesRequests, rule }, { identified, name }): readonly Finding[] {
    const found: Finding[] = [];
    if (rule === undefined) found.push({ kind: kinds.noRule, what: name });
    if (carriesRequests === "closed") found.push({ kind: kinds.carries, what: name });
    if (!identified && rule?.anonymous === false) found.push({ kind: kinds.noIssuer, what: name });
    return found;
  },
};
