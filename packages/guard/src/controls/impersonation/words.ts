import type { Words } from "../control.ts";
import type { ImpersonationPlan } from "./plan.ts";

/** What is planned of one operation. */
export interface OperationActing {
  /** Why it cannot be done in another's name; undefined where it can. */
  readonly closed: string | undefined;
}

/** What `check` says of acting for others. */
export const words: Words<ImpersonationPlan | undefined, OperationActing> = {
  column: {
    key: "impersonation",
    title: "FOR OTHERS",
    place: 6,
    isShown: (plan) => plan !== undefined,
    cell: ({ closed }) => (closed === undefined ? "yes" : `no: ${closed}`),
  },
  says(plan) {
    if (plan === undefined) return [];
    const { forMs, granted, header, mostADay, never, of, separate, tokens, who } = plan;
    const people = who.map(({ roles, scopes, source }) =>
      [
        `callers of '${source}'`,
        ...(roles.length === 0 ? [] : [`with the role ${roles.join(" or ")}`]),
        ...(scopes.length === 0 ? [] : [`with the scope ${scopes.join(" and ")}`]),
      ].join(" "),
    );
    const bounds = [
      `for ${Math.round(forMs / 60_000)} minutes and one reason each, ${mostADay} times a day`,
      ...(granted ? ["where a grant of the kind impersonation leads there"] : []),
      ...(never.length === 0 ? [] : [`never for ${never.join(", ")}`]),
    ].join(", ");
    const named = separate ? `${of}/SUBJECT` : "the subject";
    return [
      ...(header === undefined
        ? []
        : [`${people.join("; ")} may act for people of '${of}' (${header}: ${named}), ${bounds}.`]),
      ...tokens.map(
        ({ source }) => `tokens of '${source}' may say who acts for their subject, ${bounds}.`,
      ),
    ];
  },
};
