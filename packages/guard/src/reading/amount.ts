/**
 * Amounts are counted in millionths, as whole numbers that a double keeps: sums of prices are exact,
 * however many there are.
 */
const decimals = 6;
const unitsOfOne = 10 ** decimals;

/** No amount of a limit is larger, so that no sum leaves what a double keeps. */
export const mostAmount = 999_999_999;

/** What a program of any language reads as the same number: no exponent, sign or leading zero. */
const plain = /^(0|[1-9]\d{0,14})(?:\.(\d+))?$/;

/**
 * An amount in millionths. Undefined for whatever could be read in two ways, is less than 0, or has
 * more digits behind its point than are counted.
 *
 * @param value a number as JSON gives it, or a text that is one
 */
export function readAmount(value: unknown): number | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  // A double is written with the fewest digits that are read as it: those that were sent.
  const match = plain.exec(String(value));
  if (match === null) return undefined;
  const [, whole = "", fraction = ""] = match;
  const kept = fraction.replace(/0+$/, "");
  if (kept.length > decimals) return undefined;
  // More than any limit has is refused by each; what it is exactly makes no difference.
  if (Number(whole) > mostAmount) return mostAmount * unitsOfOne + unitsOfOne;
  return Number(whole) * unitsOfOne + Number(kept.padEnd(decimals, "0"));
}

/** Millionths as a person writes them. */
export const amountText = (units: number): string => String(units / unitsOfOne);
