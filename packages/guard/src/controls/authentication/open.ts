import type { Operation } from "../../document/api-document.ts";
import type { Caller } from "../../facts/caller.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { LearnedState } from "../../state/learned.ts";
import type { WriteVersions } from "../../state/write-versions.ts";
import type { Check } from "../check.ts";
import type { GateAt } from "../compile-context.ts";
import { compileCredentialFinder, type FindCredential } from "./find-credential.ts";
import type { JudgeCertificate } from "./caller-certificate.ts";
import { type AskExchange, ExchangedTokens } from "./exchange.ts";
import {
  compileBodyFinder,
  compileEnvelopeFinder,
  type FindInBody,
  type FindInEnvelope,
} from "./find-in-body.ts";
import type { AskIntrospection } from "./introspection.ts";
import type { OpenLearned } from "./learn.ts";
import type { KeySource } from "./key-ring.ts";
import { openTakers } from "./open-takers.ts";
import type { AuthenticationPlan } from "./plan.ts";
import { placeName } from "./plan-places.ts";
import { problems } from "./problems.ts";
import type { Revocations } from "./revocation.ts";
import type { CredentialPlace, ExchangePlan, IntrospectSource } from "./source-plan.ts";
import type { Taker } from "./take-credential.ts";
import { compileTokenLife, type NoteTokenTimes } from "./token-life.ts";

/** What the program around the gate provides. */
export interface AuthenticationPorts {
  /** The keys of `identity.issuer`; needed where the policy names it. */
  readonly keys?: KeySource | undefined;
  /** The keys of another source, by its issuer and address (`keysIdOf`). */
  readonly sourceKeys?: ((keysId: string) => KeySource) | undefined;
  /** What stands in a source's file or secret: its keys, or what it shares. */
  readonly sourceText?: ((source: string) => string | undefined) | undefined;
  /** Asks an introspection endpoint. */
  readonly introspection?: ((source: IntrospectSource) => AskIntrospection) | undefined;
  /** Asks a token endpoint for tokens of the backend's own. */
  readonly exchange?: ((source: string, plan: ExchangePlan) => AskExchange) | undefined;
  /** What credentials are remembered by; the same in all threads that share `writes`. */
  readonly memorySecret?: Uint8Array | undefined;
  readonly writes?: WriteVersions | undefined;
  /** Where it is kept who has signed in; needed where a source learns it. */
  readonly learned?: LearnedState | undefined;
  /** A token names a key that is not known: its issuer may have a new one. */
  readonly onUnknownKey?: ((keysId: string | undefined) => void) | undefined;
  /** Tokens that were revoked: they are refused although their signature is valid. */
  readonly revocations?: Revocations | undefined;
  /** How many seconds ago it was last known which tokens are revoked; without it, always now. */
  readonly revocationsAge?: (() => number) | undefined;
  /** A token was verified that this thread had not seen. */
  readonly onNewToken?: ((caller: Caller) => void) | undefined;
  /** How long tokens of another issuer live, and how old they are when they are used. */
  readonly onTokenTimes?: NoteTokenTimes | undefined;
}

/** Where the credential of a request is looked for. */
export interface Finders {
  readonly find: FindCredential<Taker>;
  /** Undefined where no source looks into bodies, or the operation has none that can be read. */
  readonly inBody: FindInBody<Taker> | undefined;
  /** The same for what an app has put beside the data of a body. */
  readonly inEnvelope: FindInEnvelope<Taker> | undefined;
}

/** What all operations share. */
export interface Authentication {
  /** Judges who calls, now: whatever the source, it may have been revoked. */
  readonly judge: (caller: Caller) => Refusal | undefined;
  /** By the operation's security schemes. */
  readonly finderFor: (operation: Operation) => Finders;
  /** Operations after which what is remembered of a credential is forgotten. */
  readonly forgetOn: ReadonlySet<string>;
  /** Whether somebody is asked about some credentials, and what they say is remembered. */
  readonly remembers: boolean;
  /** Sources that learn from the answers to sign-in. */
  readonly learned: readonly OpenLearned[];
  /** Judges the certificates of connections; undefined where no source knows them. */
  readonly certificate: JudgeCertificate | undefined;
  /** Tokens for the backend, by the source whose tokens they are given for. */
  readonly exchanged: ReadonlyMap<string, ExchangedTokens>;
  /** Judges how long the caller's token lives; undefined where the built-in issuer alone signs. */
  readonly life: Check<"caller"> | undefined;
  readonly close: () => void;
}

export function openAuthentication(
  plan: AuthenticationPlan | undefined,
  ports: AuthenticationPorts,
  gate: Pick<GateAt, "backendOf">,
): Authentication | undefined {
  if (plan === undefined) return undefined;
  const judge = compileJudge(plan.stalenessSeconds, ports);
  const { certificate, close, learned, takerAt } = openTakers(plan, ports, gate, judge);
  const asked = plan.sources.flatMap((source) => ("forgetOn" in source ? [source] : []));
  const isOwn = plan.sources.every((source) => source.kind === "token" && source.builtin);
  return {
    judge,
    finderFor: compileFinders(plan, takerAt),
    forgetOn: new Set(asked.flatMap(({ forgetOn }) => forgetOn)),
    remembers: asked.length > 0,
    learned,
    certificate,
    exchanged: openExchanges(plan, ports),
    life: isOwn ? undefined : compileTokenLife(plan.mostLifeSeconds, ports.onTokenTimes),
    close,
  };
}

/** @throws RangeError where the program cannot ask whom the plan names */
function openExchanges(
  { sources }: AuthenticationPlan,
  { exchange }: AuthenticationPorts,
): ReadonlyMap<string, ExchangedTokens> {
  return new Map(
    sources.flatMap((source): [string, ExchangedTokens][] => {
      if (source.exchange === undefined) return [];
      if (exchange === undefined)
        throw new RangeError(`nobody exchanges the tokens of '${source.name}'`);
      return [[source.name, new ExchangedTokens(exchange(source.name, source.exchange))]];
    }),
  );
}

/**
 * Asked on every request: a token that was verified an hour ago may have been revoked just now. And
 * one that is good otherwise is refused once it has not been known for too long what was revoked:
 * whoever can keep the gate from the store could use a stolen token for ever.
 */
function compileJudge(
  stalenessSeconds: number | undefined,
  { revocations, revocationsAge }: AuthenticationPorts,
): Authentication["judge"] {
  return (caller) => {
    const revoked = revocations?.check(caller);
    if (revoked !== undefined) return revoked;
    if (stalenessSeconds === undefined || revocationsAge === undefined) return undefined;
    const age = revocationsAge();
    return age <= stalenessSeconds
      ? undefined
      : refuse(problems["revocations-unknown"], {
          detail: `revocations were last read ${Math.floor(age)} seconds ago`,
          retryAfterSeconds: 5,
        });
  };
}

/**
 * Finds the places where an operation may carry its credential: those of its own security schemes,
 * or all places of the policy where none of them fits. A credential at any other place is not read.
 */
function compileFinders(
  { sources }: AuthenticationPlan,
  takerAt: ReadonlyMap<string, Taker>,
): Authentication["finderFor"] {
  const all = new Map<string, CredentialPlace>();
  for (const { places } of sources)
    for (const place of places)
      all.set(`${place.securityScheme ?? ""}\n${placeName(place.source)}`, place);
  const finders = new Map<string, Finders>();
  return ({ requestBody, security }) => {
    const named = (security ?? []).flatMap((requirement) => Object.keys(requirement));
    const every = [...all.values()];
    const fitting = every.filter(
      ({ securityScheme }) => securityScheme === undefined || named.includes(securityScheme),
    );
    const chosen = new Map(
      (fitting.length > 0 ? fitting : every).map(({ source }) => [placeName(source), source]),
    );
    const key = [...chosen.keys()].join("\n");
    let made = finders.get(key);
    if (made === undefined) {
      const looked = [...chosen].map(([name, source]) => {
        const taker = takerAt.get(name) as Taker;
        return { source, taker, form: taker.form };
      });
      made = {
        find: compileCredentialFinder(looked),
        inBody: compileBodyFinder(looked),
        inEnvelope: compileEnvelopeFinder(looked),
      };
      finders.set(key, made);
    }
    return requestBody === undefined ? { ...made, inBody: undefined } : made;
  };
}
