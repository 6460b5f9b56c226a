import { makeKept, useKept } from "../state/kept.ts";
import { type Address, type Change, readAddress, writeAddress } from "./address.ts";

/** Where the page is: the browser's address, as it was read last. */
const place = makeKept<Address>(readAddress(location));

addEventListener("popstate", () => place.set(readAddress(location)));

export const usePlace = (): Address => useKept(place);
export const currentPlace = (): Address => place.get();

/** The address of the view that a change leads to, for links. */
export const addressOf = (change: Change): string => writeAddress(place.get(), change);

/** @param how `replace` where going back should not lead through it, such as each letter of a filter */
export function go(change: Change, how: "push" | "replace" = "push"): void {
  const to = addressOf(change);
  if (to === location.pathname + location.search) return;
  if (how === "push") history.pushState(null, "", to);
  else history.replaceState(null, "", to);
  place.set(readAddress(location));
  if (how === "push" && change.path !== undefined) scrollTo(0, 0);
}
