import type { Range } from "../../address/range.ts";
import { percentText, shortCount } from "../../text/numbers.ts";
import { overviewWords as words } from "../../words/overview.ts";

/** What the first sentence is made of. */
export interface SentenceFacts {
  readonly range: Range;
  readonly requests: number;
  readonly refused: number;
  readonly failed: number;
  /** Undefined where nothing is kept of last week. */
  readonly before: { readonly requests: number; readonly refused: number } | undefined;
  readonly attack:
    | { readonly kind: string; readonly since: string; readonly isContained: boolean }
    | undefined;
  /** Whether an incident of middle severity waits for somebody. */
  readonly isOpen: boolean;
  /** The newest release, and how far it has come. */
  readonly release:
    | { readonly app: string; readonly version: string; readonly share: number }
    | undefined;
}

/** Of all requests; less is the usual weather of networks. */
const manyFailed = 0.01;
/** Shares that differ by less are the same to everybody. */
const sameWithin = 0.25;
const few = 0.001;
const muchMore = 2;

const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;

/** The state of things in two or three short sentences, by rules: the worst first. */
export function sentenceOf(facts: SentenceFacts): string {
  const { attack, failed, range, release, requests } = facts;
  const since = typeof range === "string" ? words.since[range] : words.inThisTime;
  const failedShare = failed / Math.max(requests, 1);
  const first =
    attack !== undefined
      ? `${capital(words.attack(attack.kind, attack.since))}; ${attack.isContained ? words.contained : words.notContained}.`
      : failedShare > manyFailed
        ? words.failing(percentText(failedShare))
        : facts.isOpen || isUnusual(facts)
          ? words.look
          : words.quiet;
  return [
    first,
    `${words.requests(shortCount(requests), since)}, ${refusals(facts)}.`,
    ...(release === undefined
      ? []
      : [words.reached(release.version, release.app, percentText(release.share))]),
  ].join(" ");
}

/** Whether much more is refused than in the same hours last week. */
function isUnusual({ before, refused, requests }: SentenceFacts): boolean {
  if (before === undefined || before.requests === 0) return false;
  return (
    refused / Math.max(requests, 1) >
    Math.max((before.refused / before.requests) * muchMore, manyFailed)
  );
}

/** Refusals beside those of last week, as far as anything is known of it. */
function refusals({ before, refused, requests }: SentenceFacts): string {
  const share = refused / Math.max(requests, 1);
  const said = words.refusedShare(percentText(share));
  if (before === undefined || before.requests === 0) return said;
  const usual = before.refused / before.requests;
  const isSame = Math.abs(share - usual) <= Math.max(usual * sameWithin, few);
  if (isSame) return `${said}, ${words.asUsual}`;
  return `${said}, ${share > usual ? words.moreThanUsual(percentText(usual)) : words.lessThanUsual(percentText(usual))}`;
}
