import { sourceOfClaim } from "../facts/caller.ts";
import type { JoinContext, PolicyPath } from "./join-context.ts";

/**
 * Notes a claim of a source that is not there; and, where one subject of two sources is two people,
 * a claim that does not say which of them is meant.
 *
 * @param mustName false where callers are told apart anyhow
 */
export function noteClaimSource(
  claim: string,
  path: PolicyPath,
  { namesOf, note }: Pick<JoinContext, "namesOf" | "note">,
  mustName = true,
): void {
  const source = sourceOfClaim(claim);
  const sources = namesOf("source") ?? [];
  const separate = namesOf("separate source") ?? [];
  if (source !== undefined && !sources.includes(source))
    note(path, `'${claim}' names no source of callers`, {
      expected: ["token", ...sources].map((one) => `${one}.sub`).join(", "),
    });
  if (mustName && source === undefined && separate.length > 0)
    note(path, `'${claim}' does not say whose: one name in two sources may be two people`, {
      expected: separate.map((one) => `${one}.sub`).join(", "),
      mend: "Name the source, or say that all name people alike: identity: { subjects: shared }.",
    });
}
