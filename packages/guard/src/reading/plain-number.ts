/** RFC 8259's number in its parts. */
const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** A longer exponent denotes no number that anybody means, and would be written out in zeros. */
const mostExponent = 40;
/** A double has no more significant digits when it is written to be read again. */
const doubleDigits = 17;

interface Decimal {
  readonly negative: boolean;
  /** Without zeros at either end; empty for zero. */
  readonly digits: string;
  /** The value is 0.digits × 10^exponent. */
  readonly exponent: number;
}

function readDecimal(text: string): Decimal | undefined {
  const match = parts.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const all = whole + fraction;
  const leading = /^0*/.exec(all)?.[0].length ?? 0;
  return {
    negative: sign === "-",
    digits: withoutLastZeros(all.slice(leading)),
    exponent: whole.length - leading + Number(exponent),
  };
}

/** From the end: an expression that looks for zeros at it would begin again at each zero before. */
function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 0x30) end -= 1;
  return digits.slice(0, end);
}

/**
 * A whole number in its plain spelling: `100` for `1e2`, `100.0` and `100`. Undefined for what is no
 * whole number, or one of more than forty digits.
 */
export function plainInteger(text: string): string | undefined {
  const decimal = readDecimal(text);
  if (decimal === undefined) return undefined;
  const { digits, exponent, negative } = decimal;
  if (digits === "") return "0";
  if (exponent < digits.length || exponent > mostExponent) return undefined;
  return `${negative ? "-" : ""}${digits.padEnd(exponent, "0")}`;
}

/**
 * Whether a double keeps the number as it is written. Spellings of up to 17 digits are kept: that is
 * how programs write a double so that it can be read again.
 */
export function isKeptByDouble(text: string): boolean {
  const written = readDecimal(text);
  if (written === undefined) return false;
  const value = Number(text);
  if (!Number.isFinite(value)) return false;
  if (written.digits.length <= doubleDigits && !Number.isInteger(value)) return true;
  const kept = readDecimal(String(value));
  if (kept === undefined) return false;
  return (
    kept.digits === written.digits && (kept.digits === "" || kept.exponent === written.exponent)
  );
}
