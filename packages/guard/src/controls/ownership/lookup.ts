import { notYours, objectProblems, ownerUnknown } from "../../facts/absent.ts";
import { isRefusal } from "../../facts/refusal.ts";
import type { AskBackend, Told } from "../compile-context.ts";
import type { Asked, LookupMemory } from "./lookup-memory.ts";
import type { AskLookup } from "./owner-rule.ts";

const mostBytes = 262_144;

/**
 * Asks the backend's own GET as the caller would, before the caller's request goes on. Between the
 * answer and the request another request may change the owner: that race is the backend's, and no
 * gate can close it.
 */
export function compileLookup(askBackend: AskBackend, memory: LookupMemory): AskLookup {
  return async (known, { path, query }) => {
    const { startedAt } = known;
    const target = query === "" ? path : `${path}?${query}`;
    const key = memory.keyOf(known, target);
    const remembered = memory.get(key, path, startedAt);
    if (remembered !== undefined) return remembered;
    const version = memory.version(path);
    const asked = judge(await askBackend(known, target, mostBytes));
    if (mayRemember(asked)) memory.set(key, { asked, version, nowMs: startedAt });
    return asked;
  };
}

/** A backend that could not be asked is asked again the next time. */
const mayRemember = (asked: Asked): boolean =>
  !isRefusal(asked) || asked.problem === objectProblems["object-not-yours"];

function judge(told: Told): Asked {
  if ("failed" in told) return ownerUnknown(`the lookup failed: ${told.failed}`);
  const { body, status } = told;
  if (status === 404 || status === 403 || status === 410)
    return notYours(`the lookup was answered ${status}`);
  if (status !== 200) return ownerUnknown(`the lookup was answered ${status}`);
  try {
    return { answer: JSON.parse(body.toString()) as unknown };
  } catch {
    return ownerUnknown("the lookup's answer is not JSON");
  }
}
