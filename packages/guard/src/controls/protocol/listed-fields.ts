import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { Check } from "../check.ts";
import type { RequestFieldRules } from "./field-rules.ts";
import { listedProblems } from "./problems.ts";

/** Names that a record holds; what is sent beyond is counted only. */
const mostNamed = 20;

/**
 * Leaves only fields that the operation declares, and the few that every request needs. The others
 * are taken out, or only recorded, by the mode of `headers`.
 *
 * @param listed names that the operation's parameters and the policy's rules read
 * @param rules remembers what a name is
 */
export function compileListedFields(
  listed: readonly string[],
  rules: RequestFieldRules,
): Check<"bindingJudged" | "caller", "forwardFields"> {
  const names = new Set(listed.map((name) => name.toLowerCase()));
  const isListed = (sentName: string): boolean => {
    const { name, standard } = rules.of(sentName);
    return standard || names.has(name);
  };
  return (known) => {
    const { forwardFields } = known;
    let others: string[] | undefined;
    for (let index = 0; index < forwardFields.length; index += 2) {
      const sentName = forwardFields[index] as string;
      if (!isListed(sentName)) (others ??= []).push(sentName.toLowerCase());
    }
    if (others === undefined) return undefined;
    if (!known.amend(undeclared(others))) return undefined;
    for (let index = forwardFields.length - 2; index >= 0; index -= 2)
      if (!isListed(forwardFields[index] as string)) forwardFields.splice(index, 2);
    return undefined;
  };
}

/** Their names and never their values: what nobody has declared may hold anything. */
function undeclared(others: readonly string[]): Refusal {
  const names = [...new Set(others)].sort();
  return refuse(listedProblems["header-undeclared"], {
    violations: names.slice(0, mostNamed).map((name) => ({
      in: "header",
      name,
      keyword: "undeclared",
      message: "is not declared",
    })),
    ...(names.length > mostNamed ? { detail: `and ${names.length - mostNamed} more` } : {}),
  });
}
