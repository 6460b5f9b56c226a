/** A name without case and separators: `order_id` and `orderId` are one. */
export const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

const people =
  "user|owner|customer|member|author|account|accountholder|profile|person|tenant|org|organization|organisation|" +
  "creator|createdby|seller|buyer|sender|assignee|driver|patient|client|subscriber|employee|holder|username";
const personName = new RegExp(`^(${people})(id|uuid|ref|name|no|number|sub|key)?$`);
const bareName = /^(id|uuid|name|ref|sub|key|slug|code|number)$/;

/** Whether a parameter or property speaks of a person, by its name. */
export const isPersonName = (name: string): boolean =>
  personName.test(plain(name)) || plain(name) === "sub";

/** Whether a place speaks of a person: `/ownerId`, `/author/id`, `/members/*\/userId`. */
export function isPersonPlace(pointer: string): boolean {
  const names = pointer.split("/").filter((name) => name !== "" && name !== "*");
  const [last = "", before = ""] = names.map(plain).toReversed();
  if (isPersonName(last) || isPersonName(singular(last))) return true;
  return bareName.test(last) && isPersonName(singular(before));
}

export const singular = (name: string): string =>
  name.endsWith("ies") ? `${name.slice(0, -3)}y` : name.replace(/s$/, "");

/** What a parameter may be called where an answer shows its object: `orderId`, or just `id`. */
export function alikeOf(parameter: string, collection: string): ReadonlySet<string> {
  const kind = singular(plain(collection));
  const one = plain(parameter);
  const bare = one.startsWith(kind) ? one.slice(kind.length) : one;
  return new Set([one, bare === "" ? one : bare, ...(one.endsWith("id") ? ["id", "uuid"] : [])]);
}

/** The last fixed segment before a parameter: `orders` of `/v1/orders/{orderId}`. */
export const collectionOf = (template: string): string =>
  template.split("/").findLast((segment) => segment !== "" && !segment.startsWith("{")) ?? "";

/** So short that two ids of different things are easily the same. */
export const isShort = (id: string): boolean => id.length < 4;
