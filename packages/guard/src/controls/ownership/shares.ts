import { notYours, ownerUnknown } from "../../facts/absent.ts";
import { compileClaim } from "../../facts/caller.ts";
import type { JudgeObject } from "./answer-test.ts";
import { compileEquals, type Constant, textOfId } from "./owner-text.ts";
import { mostElements, tooLong, valueAt } from "./find-in-list.ts";
import { compileReadIds, type RequestPlace } from "./request-place.ts";

/** How a share in the backend's own list is read. */
export interface SharesPlan {
  readonly items: readonly string[];
  readonly to: readonly string[];
  readonly is: string;
  /** Where a share names its object, and where the request does. */
  readonly object: { readonly by: readonly string[]; readonly id: RequestPlace } | undefined;
  readonly until: readonly string[] | undefined;
  readonly may: { readonly pointer: readonly string[]; readonly equals: Constant } | undefined;
}

const noList = ownerUnknown("the list of shares has no list where the rule expects one");
const notShared = notYours("no share that holds is for the caller");
const saysNotWho = notYours("the token does not say who asks");

/**
 * A share must be for the caller, of the object, good for it, and not over. Only shares that the
 * list itself names count: what somebody was given, they cannot give on.
 */
export function compileShares({ is, items, may, object, to, until }: SharesPlan): JudgeObject {
  const callerOf = compileClaim(is);
  const takes = may === undefined ? undefined : compileEquals(may.equals);
  const read = object === undefined ? undefined : compileReadIds(object.id, false);
  return (answer, caller, known) => {
    const wanted = callerOf(caller);
    if (wanted === undefined) return saysNotWho;
    const list = valueAt(answer, items);
    if (!Array.isArray(list)) return noList;
    if (list.length > mostElements) return ownerUnknown(tooLong);
    const named = read?.(known);
    if (named !== undefined && "unread" in named) return notYours(named.unread);
    const left = new Set(named);
    for (const share of list as unknown[]) {
      if (textOfId(valueAt(share, to)) !== wanted) continue;
      if (until !== undefined && !(endOf(valueAt(share, until)) > known.receivedAtMs)) continue;
      if (takes?.(valueAt(share, may?.pointer ?? [])) === false) continue;
      if (object === undefined) return undefined;
      left.delete(textOfId(valueAt(share, object.by)) ?? "");
      if (left.size === 0) return undefined;
    }
    return notShared;
  };
}

const mostSeconds = 1e11;

/** In milliseconds since 1970. A share that does not say when it ends has ended. */
function endOf(value: unknown): number {
  if (typeof value === "number") return value < mostSeconds ? value * 1000 : value;
  return typeof value === "string" ? Date.parse(value) : Number.NaN;
}
