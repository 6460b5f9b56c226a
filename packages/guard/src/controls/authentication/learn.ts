import type { Caller } from "../../facts/caller.ts";
import type { Known } from "../../facts/facts.ts";
import { refuse } from "../../facts/refusal.ts";
import { isJson, readMediaType } from "../../reading/media-type.ts";
import type { AnswerCheck, AnswerHead } from "../check.ts";
import { type CallerOf, compileClaimPlace, subjectOf } from "./claims.ts";
import { compileReadGiven } from "./given-credential.ts";
import type { LearnedCallers } from "./learned-callers.ts";
import { problems } from "./problems.ts";
import type { RememberedCallers } from "./remembered-callers.ts";
import type { LearnedPlan } from "./source-plan.ts";
import { nameOf } from "./take-credential.ts";

/** A source that learns from answers, ready. */
export interface OpenLearned {
  readonly learned: LearnedCallers;
  readonly memory: RememberedCallers;
  /** How long a credential is believed at the most. */
  readonly rememberMs: number;
  readonly from: readonly (LearnedPlan & {
    /** Makes a caller of the answer itself. */
    readonly callerOf: CallerOf;
  })[];
}

export type LearnNeeds = "bodyBytes" | "envelope" | "host";
type Facts = Known<LearnNeeds>;
type Learn = (known: Facts, value: unknown, head: AnswerHead) => string | undefined;

/**
 * Learns who has signed in from the answer that says so. Whatever is wrong with the answer, it
 * leaves as it came: then nobody has signed in as far as the gate knows, and the record says why.
 */
export function compileLearn(
  name: string,
  sources: readonly OpenLearned[],
): AnswerCheck<LearnNeeds> | undefined {
  const learns = sources.flatMap((source) =>
    source.from
      .filter(({ operations }) => operations.includes(name))
      .map((from) => compileOne(source, from)),
  );
  if (learns.length === 0) return undefined;
  return {
    readsSuccess: true,
    reads: (_known, head) => saysSignedIn(head),
    body(known, value, head) {
      if (!saysSignedIn(head)) return undefined;
      for (const learn of learns) {
        const why = learn(known, value, head);
        if (why !== undefined) note(known, why);
      }
      return undefined;
    },
    unread(known, _head, detail) {
      note(known, detail);
      return undefined;
    },
  };
}

/** A refusal of the sign-in gives nothing out, and neither does a page. */
const saysSignedIn = ({ bodyless, contentType, status }: AnswerHead): boolean =>
  status >= 200 && status < 300 && status !== 206 && !bodyless && isJsonType(contentType);

function isJsonType(contentType: string | undefined): boolean {
  const type = contentType === undefined ? undefined : readMediaType(contentType);
  return type !== undefined && isJson(type);
}

const note = ({ decisions }: Facts, detail: string): void =>
  decisions.observe(refuse(problems["sign-in-not-learned"], { detail }));

function compileOne(
  { learned, memory, rememberMs }: OpenLearned,
  from: OpenLearned["from"][number],
): Learn {
  const readGiven = compileReadGiven(from);
  const readSubject = compileClaimPlace(from.subject);
  return (known, value, head) => {
    const nowSeconds = Math.floor(known.receivedAtMs / 1000);
    const given = readGiven(value, head.fields, nowSeconds);
    if (typeof given === "string") return given;
    const { credential, lifeSeconds } = given;
    const name = nameOf({ credential }, known);
    const subject = subjectOf(readSubject(value));
    if (subject === undefined) return "it names nobody";
    if (wasSent(known, credential)) {
      // Somebody else may have put it into this person's browser, and waits for it to be theirs.
      learned.forget(name);
      memory.forget(name);
      return "the credential was there before the sign-in: it is nobody's";
    }
    const life = Math.min(lifeSeconds, rememberMs / 1000);
    const caller: Caller = from.callerOf(
      value as Readonly<Record<string, unknown>>,
      subject,
      Math.floor(nowSeconds + life),
    );
    const why = learned.keep(name, caller, nowSeconds, () => memory.forget(name));
    // What was said of it before, here and at other threads, is not so any more.
    memory.forget(name);
    return why;
  };
}

/** Whether the request itself held the credential, anywhere and in whichever spelling. */
function wasSent({ arrival, bodyBytes, envelope }: Facts, credential: string): boolean {
  const wanted = plainly(credential);
  const holds = (text: string): boolean =>
    text.includes(credential) || plainly(text).includes(wanted);
  return (
    holds(arrival.target) ||
    arrival.rawHeaders.some((text, index) => index % 2 === 1 && holds(text)) ||
    (bodyBytes !== undefined && holds(bodyBytes.toString())) ||
    (envelope !== undefined && holds(JSON.stringify(envelope)))
  );
}

/** Without percent signs and without the escapes of JSON. */
function plainly(text: string): string {
  const unescaped = text.replaceAll("\\/", "/");
  try {
    return decodeURIComponent(unescaped);
  } catch {
    return unescaped;
  }
}
