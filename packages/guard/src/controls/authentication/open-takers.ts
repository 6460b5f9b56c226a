import type { Caller } from "../../facts/caller.ts";
import { isRefusal, type Refusal } from "../../facts/refusal.ts";
import { type BelievedText, readBelieved } from "../../x509/certificate-path.ts";
import type { GateAt } from "../compile-context.ts";
import { compileTokenJudge } from "./access-token.ts";
import { type ApiKey, compileApiKeyCheck } from "./api-keys.ts";
import { compileCertificateJudge, type JudgeCertificate } from "./caller-certificate.ts";
import { type CallerOf, compileCallerOf } from "./claims.ts";
import { compileKeySet, compileSharedSecretSet, type KeySet } from "./key-set.ts";
import type { OpenLearned } from "./learn.ts";
import { openIntrospection, openLearned, openWhoami } from "./open-asked.ts";
import type { AuthenticationPorts } from "./open.ts";
import { placeName } from "./plan-places.ts";
import type { AuthenticationPlan } from "./plan.ts";
import type { ClaimPlaces } from "./presets.ts";
import { keysIdOf, type SourcePlan, type TokenSource } from "./source-plan.ts";
import {
  compileTokenVerify,
  compileVerify,
  type OpenAsked,
  type OpenTokens,
  type Taker,
  type Verify,
} from "./take-credential.ts";
import { cacheVerifiedTokens } from "./verified-token-cache.ts";

/** Each takes a few kilobytes, in every thread. */
const mostVerifiedTokens = 20_000;

interface Opening {
  readonly plan: AuthenticationPlan;
  readonly ports: AuthenticationPorts;
  readonly gate: Pick<GateAt, "backendOf">;
  readonly judge: (caller: Caller) => Refusal | undefined;
  /** Called when keys have changed: what was verified with them is verified anew. */
  readonly onKeys: (() => void)[];
  readonly closing: (() => void)[];
}

/** Opens every source once, and says who takes the credentials of each place. */
export function openTakers(
  plan: AuthenticationPlan,
  ports: AuthenticationPorts,
  gate: Pick<GateAt, "backendOf">,
  judge: Opening["judge"],
): {
  readonly takerAt: ReadonlyMap<string, Taker>;
  readonly learned: readonly OpenLearned[];
  readonly certificate: JudgeCertificate | undefined;
  readonly close: () => void;
} {
  const opening: Opening = { plan, ports, gate, judge, onKeys: [], closing: [] };
  const open = new Map(plan.sources.map((source) => [source, openSource(source, opening)]));
  const atPlace = new Map<string, SourcePlan[]>();
  for (const source of plan.sources)
    for (const name of new Set(source.places.map((place) => placeName(place.source))))
      atPlace.set(name, [...(atPlace.get(name) ?? []), source]);
  // Places with the same sources share what was verified.
  const bySources = new Map<string, Taker>();
  const takerAt = new Map<string, Taker>();
  for (const [place, sources] of atPlace) {
    const key = sources.map(({ name }) => name).join("\n");
    let taker = bySources.get(key);
    if (taker === undefined) {
      taker = takerOf(
        sources.map((source) => [source, open.get(source) as OpenSource]),
        opening,
      );
      bySources.set(key, taker);
    }
    takerAt.set(place, taker);
  }
  return {
    takerAt,
    learned: [...open.values()].flatMap(({ learned }) => learned ?? []),
    certificate: [...open.values()].flatMap(({ certificate }) => certificate ?? [])[0],
    close: () => {
      for (const close of opening.closing) close();
    },
  };
}

interface OpenSource {
  readonly tokens?: OpenTokens;
  readonly keys?: Verify;
  readonly asked?: OpenAsked;
  readonly learned?: OpenLearned;
  readonly certificate?: JudgeCertificate;
}

function takerOf(
  sources: readonly (readonly [SourcePlan, OpenSource])[],
  { judge, onKeys, plan, ports }: Opening,
): Taker {
  const tokens = sources.flatMap(([, { tokens: one }]) => one ?? []);
  const keys = sources.flatMap(([, { keys: one }]) => one ?? []);
  const asked = sources.flatMap(([, { asked: one }]) => one ?? []);
  const check = compileVerify(
    tokens.length === 0 ? undefined : compileTokenVerify(tokens),
    keys[0],
  );
  // Another source's token says nothing of what the built-in issuer has made.
  const own = plan.builtin ? plan.main?.name : undefined;
  const tolerances = sources.flatMap(([source]) =>
    source.kind === "token" ? [source.clockToleranceSeconds] : [],
  );
  const { forget, verify } = cacheVerifiedTokens(check, {
    most: mostVerifiedTokens,
    toleranceSeconds: tolerances.length === 0 ? 0 : Math.min(...tolerances),
    onNew: (caller) => {
      if (caller.source === own) ports.onNewToken?.(caller);
    },
  });
  onKeys.push(forget);
  return {
    verify,
    believes(credential, nowSeconds, doubtSeconds) {
      const said = verify(credential, nowSeconds, doubtSeconds);
      return isRefusal(said) ? said : judge(said);
    },
    hasTokens: tokens.length > 0,
    asked: asked[0],
    form: keys.length + asked.length > 0 ? "opaque" : "token",
    drops: namesWith("drop", sources),
    exchanges: namesWith("exchange", sources),
  };
}

const namesWith = (
  forward: SourcePlan["forward"],
  sources: readonly (readonly [SourcePlan, OpenSource])[],
): ReadonlySet<string> =>
  new Set(sources.flatMap(([one]) => (one.forward === forward ? [one.name] : [])));

function openSource(source: SourcePlan, opening: Opening): OpenSource {
  const makeCallerOf = (places: ClaimPlaces): CallerOf =>
    compileCallerOf({
      source: source.name,
      separate: opening.plan.separate,
      places,
      takesNames: source.kind !== "token" || !source.main,
      elsewhere: source.kind === "token" && !source.builtin,
    });
  const callerOf = makeCallerOf(source.claims);
  switch (source.kind) {
    case "token":
      return { tokens: openTokens(source, callerOf, opening) };
    case "keys":
      return { keys: compileApiKeyCheck(keysIn(source, opening), callerOf) };
    case "certificate":
      return {
        certificate: compileCertificateJudge(
          source,
          readBelieved(JSON.parse(textOf(source, opening.ports)) as BelievedText),
          callerOf,
        ),
      };
    case "whoami":
      return { asked: openWhoami(source, callerOf, opening) };
    case "introspect":
      return { asked: openIntrospection(source, callerOf, opening) };
    case "learned":
      return openLearned(source, makeCallerOf, opening);
    default:
      return source satisfies never;
  }
}

function openTokens(source: TokenSource, callerOf: CallerOf, opening: Opening): OpenTokens {
  const { onUnknownKey } = opening.ports;
  const keysId = source.main ? undefined : keysIdOf(source);
  return {
    issuer: source.issuer,
    shares: source.sharedSecret !== undefined,
    judge: compileTokenJudge({
      ...source,
      clientClaims: source.claims.client,
      kind: source.tokenKind,
      callerOf,
      keys: openKeys(source, opening),
      onUnknownKey: () => onUnknownKey?.(keysId),
    }),
  };
}

type KeysNow = () => Pick<KeySet, "checkSignature"> | undefined;

/** @throws RangeError where the program gives no secret that the plan needs */
function openKeys(source: TokenSource, { closing, onKeys, ports }: Opening): KeysNow {
  if (source.sharedSecret !== undefined) {
    const set = compileSharedSecretSet(source.sharedSecret, textOf(source, ports));
    return () => set;
  }
  if (source.keysInFile) {
    const set = compileKeySet(JSON.parse(textOf(source, ports)), source.algorithms);
    return () => set;
  }
  const keys = source.main ? ports.keys : ports.sourceKeys?.(keysIdOf(source));
  let current = keys?.keySet(source.algorithms);
  const unwatch = keys?.watch(() => {
    current = keys.keySet(source.algorithms);
    // A token that was signed with a key which the issuer has withdrawn must not be accepted any
    // longer.
    for (const forget of onKeys) forget();
  });
  if (unwatch !== undefined) closing.push(unwatch);
  return () => current;
}

function textOf({ name }: SourcePlan, { sourceText }: AuthenticationPorts): string {
  const text = sourceText?.(name);
  if (text === undefined) throw new RangeError(`nothing was read for the source '${name}'`);
  return text;
}

const keysIn = (source: SourcePlan, { ports }: Opening): readonly ApiKey[] =>
  JSON.parse(textOf(source, ports)) as ApiKey[];
