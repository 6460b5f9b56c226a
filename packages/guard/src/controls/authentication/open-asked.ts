import { WriteVersions } from "../../state/write-versions.ts";
import type { GateAt } from "../compile-context.ts";
import type { CallerOf } from "./claims.ts";
import { compileIntrospection } from "./introspection.ts";
import type { OpenLearned } from "./learn.ts";
import { keptPlaces, LearnedCallers } from "./learned-callers.ts";
import type { AuthenticationPorts } from "./open.ts";
import type { ClaimPlaces } from "./presets.ts";
import { RememberedCallers } from "./remembered-callers.ts";
import type { IntrospectSource, LearnedSource, WhoamiSource } from "./source-plan.ts";
import { framedNameOf, nameOf, type OpenAsked } from "./take-credential.ts";
import { compileWhoami } from "./whoami.ts";

interface Opening {
  readonly ports: AuthenticationPorts;
  readonly gate: Pick<GateAt, "backendOf">;
}

function openMemory(
  rememberMs: number,
  remembersRefusals: boolean,
  { ports }: Opening,
): RememberedCallers {
  return new RememberedCallers({
    rememberMs,
    remembersRefusals,
    secret: ports.memorySecret,
    versions: ports.writes ?? new WriteVersions(),
  });
}

export function openWhoami(source: WhoamiSource, callerOf: CallerOf, opening: Opening): OpenAsked {
  return forgetful(
    compileWhoami(source, callerOf, opening.gate.backendOf(source.api)),
    openMemory(source.rememberMs, true, opening),
    framedNameOf,
  );
}

export function openIntrospection(
  source: IntrospectSource,
  callerOf: CallerOf,
  opening: Opening,
): OpenAsked {
  const ask = opening.ports.introspection?.(source);
  if (ask === undefined)
    throw new RangeError(`nobody can be asked about the tokens of '${source.name}'`);
  const check = compileIntrospection(source, callerOf, ask);
  return forgetful(
    ({ credential }, { receivedAtMs }) => check(credential, Math.floor(receivedAtMs / 1000)),
    openMemory(source.rememberMs, true, opening),
    nameOf,
  );
}

/** Whoever is asked can be asked again: forgetting is no more than doubting. */
function forgetful(
  ask: OpenAsked["ask"],
  memory: RememberedCallers,
  name: OpenAsked["nameOf"],
): OpenAsked {
  const forget = (one: string): void => memory.forget(one);
  return { ask, memory, nameOf: name, forget, doubt: forget };
}

/** Nobody can be asked again about what was learned: only what ends it lets it be forgotten. */
export function openLearned(
  source: LearnedSource,
  callerOf: (places: ClaimPlaces) => CallerOf,
  opening: Opening,
): { readonly asked: OpenAsked; readonly learned: OpenLearned } {
  const { learned: state, memorySecret: secret } = opening.ports;
  if (state === undefined)
    throw new RangeError(`nothing keeps who has signed in by '${source.name}'`);
  const { from, name, rememberMs } = source;
  const learned = new LearnedCallers({
    source: name,
    ownClaims: Object.keys(source.claims.own),
    callerOf: callerOf(keptPlaces),
    secret,
    state,
  });
  const memory = openMemory(learned.trustMs, false, opening);
  return {
    asked: {
      ask: (found, known) => learned.find(nameOf(found, known)),
      memory,
      nameOf,
      forget(credential) {
        learned.forget(credential);
        memory.forget(credential);
      },
      doubt: () => undefined,
    },
    learned: {
      learned,
      memory,
      rememberMs,
      from: from.map((one) => ({ ...one, callerOf: callerOf(one.claims) })),
    },
  };
}
