import type { Facts } from "../../facts/facts.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { Check } from "../check.ts";
import { problems } from "./problems.ts";

/** The header fields by which somebody asks to act in another's name. */
export interface AskingFields {
  /** Undefined where only tokens say so. */
  readonly header: string | undefined;
  readonly reason: string;
}

/** In whose name, and why. */
export interface Asked {
  /** `SOURCE/SUBJECT` where sources are told apart; undefined where a token says it. */
  readonly name: string | undefined;
  readonly reason: string;
}

/**
 * Takes the fields from what goes on: whatever becomes of them here, a backend that believed them
 * would believe anybody.
 */
export function compileTakeAsked(
  fields: AskingFields,
): Check<"forwardFields", "actingAsked" | "forwardFields"> {
  const header = fields.header?.toLowerCase();
  const reason = fields.reason.toLowerCase();
  const spellings = new Set([header ?? reason, reason].map(fold));
  const isOurs = (name: string): boolean => spellings.has(fold(name));
  return (known) => {
    const { rawHeaders } = known.arrival;
    let names: string[] | undefined;
    let reasons: string[] | undefined;
    let isMisspelt = false;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const sent = rawHeaders[index] as string;
      if (sent.length !== header?.length && sent.length !== reason.length) continue;
      const name = sent.toLowerCase();
      if (name === header) (names ??= []).push(rawHeaders[index + 1] as string);
      else if (name === reason) (reasons ??= []).push(rawHeaders[index + 1] as string);
      else if (isOurs(name)) isMisspelt = true;
    }
    if (names === undefined && reasons === undefined && !isMisspelt) return undefined;
    known.actingAsked = { names: names ?? [], reasons: reasons ?? [], isMisspelt };
    const kept: string[] = [];
    for (let index = 0; index < known.forwardFields.length; index += 2) {
      const name = known.forwardFields[index] as string;
      if (!isOurs(name.toLowerCase())) kept.push(name, known.forwardFields[index + 1] as string);
    }
    known.forwardFields = kept;
    return undefined;
  };
}

/** `Acting_For` is `Acting-For` to programs that make variables of fields. */
const fold = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "-");

/** As a subject may stand in a token and a key: no blanks, no control characters. */
const nameForm = /^[!-~]{1,200}$/;
const mostReasonLetters = 200;
const mostBytesOfLetter = 4;
const tooLong = `the reason is longer than ${mostReasonLetters} characters`;
/** Control characters and marks that change how a line is read: a reason is shown to people. */
const unreadable = /[\p{C}\p{Zl}\p{Zp}]/u;

const malformed = (detail: string): Refusal =>
  refuse(problems["impersonation-malformed"], { detail });

const nothing: NonNullable<Facts["actingAsked"]> = { names: [], reasons: [], isMisspelt: false };

/**
 * Reads what was asked. Nothing is guessed: who believes to act in another's name, and does not,
 * would do in their own what was meant for the other.
 *
 * @param byToken whether a token says who acts, so that no header may
 */
export function readAsked(
  asked: NonNullable<Facts["actingAsked"]> | undefined,
  byToken: boolean,
): Asked | Refusal {
  const { isMisspelt, names, reasons } = asked ?? nothing;
  if (isMisspelt) return malformed("a field is spelled in another way");
  if (names.length > 1) return malformed("several people are named");
  if (reasons.length > 1) return malformed("several reasons are given");
  const [name] = names;
  const [sentReason] = reasons;
  if (byToken && name !== undefined)
    return malformed("a token and a header say in whose name it is asked");
  if (!byToken && name === undefined) return malformed("a reason is given, and nobody is named");
  if (name !== undefined && !nameForm.test(name)) return malformed("the name is none");
  if (sentReason === undefined) return malformed("no reason is given");
  if (sentReason.length > mostReasonLetters * mostBytesOfLetter) return malformed(tooLong);
  const reason = textOf(sentReason)?.trim();
  if (reason === undefined || unreadable.test(reason))
    return malformed("the reason holds what is no text");
  if (reason === "") return malformed("the reason is empty");
  if (reason.length > mostReasonLetters) return malformed(tooLong);
  return { name, reason };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes of a field come as one letter each (RFC 9110 section 5.5); people write UTF-8. */
function textOf(sent: string): string | undefined {
  try {
    return utf8.decode(Buffer.from(sent, "latin1"));
  } catch {
    return undefined;
  }
}
