/** What no field's value may hold (RFC 9110 section 5.5). */
const notInValue = /[^\t\x20-\x7e\x80-\xff]/;
/**
 * The same in parts: for at most sixteen characters V8 looks in many places of a text at once, for
 * more in one place after the other. Tokens are long.
 */
const lowControls = new RegExp(String.raw`[\0-\x08\x0a-\x0f]`);
const highControls = new RegExp(String.raw`[\x10-\x1f\u0100-\uffff]`);
const deleteControl = "\x7f";
const mostShort = 48;

/** Whether a field may have this value. What Node's doors throw on, or worse, is none. */
export const isFieldValue = (value: string): boolean =>
  value.length <= mostShort
    ? !notInValue.test(value)
    : !lowControls.test(value) && !highControls.test(value) && !value.includes(deleteControl);
