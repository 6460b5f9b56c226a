/**
 * A caller's network, not the one address it uses: an IPv6 household has 2^64 addresses, and a
 * limit by each of them would be none.
 */
export const networkOf = (address: string): string =>
  address.includes(":") ? groupsOf(address, 4) : address;

/** The network around a caller's own: what one provider hands out to several. */
export const wideNetworkOf = (address: string): string =>
  address.includes(":") ? groupsOf(address, 3) : address.slice(0, address.lastIndexOf("."));

function groupsOf(address: string, count: number): string {
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [
    ...left,
    ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0"),
    ...right,
  ];
  return groups
    .slice(0, count)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ""))
    .join(":");
}
