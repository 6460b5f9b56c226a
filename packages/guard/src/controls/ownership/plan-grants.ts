import { readPointer } from "../../reading/json-pointer.ts";
import type { OwnerAtom } from "./owner-rule.ts";
import type { AtomAt } from "./plan-atom.ts";
import { planLookup } from "./plan-lookup.ts";
import { placeOf } from "./plan-request-place.ts";
import type { GrantsSetting } from "./policy.ts";
import { verifyInAnswer } from "./verify-pointer.ts";

/** The backend's own list of shares is asked for; one of them must be for the caller. */
export function planGrants(setting: GrantsSetting, at: AtomAt): OwnerAtom | undefined {
  const { context, leaf, operation, place } = at;
  const { by, id, items, may, to, until, with: given } = setting;
  const here = [...place, "grants"];
  if ((by === undefined) !== (id === undefined))
    context.note(here, "a list of shares of many objects says both, by and id", {
      expected: "by: /orderId, id: orderId",
    });
  const named =
    id === undefined ? undefined : placeOf(operation, id, [...here, "id"], false, context);
  const pointerOf = (pointer: string | undefined): readonly string[] | undefined =>
    pointer === undefined ? undefined : readPointer(pointer);
  const list = pointerOf(items) ?? [];
  const target = context.operations.find(({ operationId }) => operationId === setting.operation);
  for (const [key, pointer] of Object.entries({ to, by, until, may: may?.response }))
    if (pointer !== undefined && target !== undefined)
      verifyInAnswer(target, [...list, "*", ...readPointer(pointer)], [...here, key], context);
  const { grants: _grants, ...rest } = leaf;
  const asked = {
    ...rest,
    lookup: setting.operation,
    response: to,
    ...(given === undefined ? {} : { with: given }),
  };
  const shares = {
    items: list,
    to: readPointer(to),
    is: at.is,
    object:
      by === undefined || named === undefined ? undefined : { by: readPointer(by), id: named },
    until: pointerOf(until),
    may: may === undefined ? undefined : { pointer: readPointer(may.response), equals: may.equals },
  };
  return planLookup(
    setting.operation,
    { owner: undefined, states: [], shares },
    { ...at, leaf: asked },
    named === undefined ? [] : [named],
  );
}
