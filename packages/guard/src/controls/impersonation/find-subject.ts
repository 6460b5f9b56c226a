import { fillTemplate, readTemplate } from "../../document/path-template.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { readPointer } from "../../reading/json-pointer.ts";
import type { AskBackend, AskingFacts, Told } from "../compile-context.ts";
import type { SubjectPlan } from "./plan.ts";
import { problems } from "./problems.ts";

/** What is known of a person whom somebody would act for. */
export interface Person {
  /** Undefined where nobody says. */
  readonly roles: readonly string[] | undefined;
  readonly tier: string | undefined;
}

/** Asks who a person is, in the name of who would act. */
export type FindSubject = (known: AskingFacts, subject: string) => Promise<Person | Refusal>;

const mostBytes = 65_536;
/** A backend that takes longer holds up the first request of each session. */
const timeoutMs = 5000;
/** These would be other paths where a server takes them apart again. */
const leadsElsewhere = /^\.{1,2}$|%(?:2f|5c|25|00)/i;

/** The answer must name the very person: at some APIs `me`, or another spelling, is somebody too. */
export function compileFindSubject(plan: SubjectPlan, askBackend: AskBackend): FindSubject {
  const template = readTemplate(plan.path);
  const readSubject = compileRead(plan.subject);
  const readRoles = plan.roles === undefined ? undefined : compileRead(plan.roles);
  const readTier = plan.tier === undefined ? undefined : compileRead(plan.tier);
  return async (known, subject) => {
    const segment = encodeURIComponent(subject);
    if (leadsElsewhere.test(segment)) return nobody("the name is no id");
    const told = await inTime(askBackend(known, fillTemplate(template, [segment]), mostBytes));
    if ("failed" in told) return unavailable(`the backend could not be asked: ${told.failed}`);
    const { status } = told;
    if ([401, 403, 404, 410].includes(status)) return nobody(`the backend answered ${status}`);
    const answer = status === 200 ? readJson(told.body) : undefined;
    if (answer === undefined)
      return unavailable(`the backend answered ${status} with what is no person`);
    if (textOf(readSubject(answer)) !== subject) return nobody("the backend names another person");
    return {
      roles: readRoles === undefined ? undefined : textsOf(readRoles(answer)),
      tier: textOf(readTier?.(answer)),
    };
  };
}

const nobody = (detail: string): Refusal =>
  refuse(problems["impersonation-subject-refused"], { detail });
export const unavailable = (detail: string): Refusal =>
  refuse(problems["impersonation-unavailable"], { detail, retryAfterSeconds: 2 });

async function inTime(told: Promise<Told>): Promise<Told> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Told>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, { failed: `no answer within ${timeoutMs} ms` });
  });
  return Promise.race([told, late]).finally(() => clearTimeout(timer));
}

function compileRead(pointer: string): (value: unknown) => unknown {
  const names = readPointer(pointer);
  return (value) => {
    let at = value;
    for (const name of names) {
      if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
      at = (at as Record<string, unknown>)[name];
    }
    return at;
  };
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" || Number.isSafeInteger(value) ? String(value) : undefined;

/** One text is a list of one; what is neither holds no role, and so none that closes the door. */
const textsOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((one: unknown) => textOf(one) ?? []);
