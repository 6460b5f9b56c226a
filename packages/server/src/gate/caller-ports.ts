import {
  type LearnedState,
  type OnLearned,
  type RedisState,
  SharedLearnedState,
} from "@portcullis/guard/state";
import type { ExchangePlan, IntrospectSource } from "@portcullis/guard/tokens";
import { exchangeText } from "../keys/source-texts.ts";
import { createTokenExchange } from "../upstream/token-exchange.ts";
import { createIntrospection } from "../upstream/introspection.ts";
import type { GateSettings } from "./settings.ts";
import type { SourceKeyRings } from "./source-key-rings.ts";

export interface CallerParts {
  readonly settings: Pick<GateSettings, "learned" | "nonceSecret">;
  /** What stands in the secrets and files of the sources. */
  readonly texts: GateSettings["sourceTexts"];
  readonly keyRings: SourceKeyRings;
  readonly redis: RedisState | undefined;
  readonly clock: { nowMs(): number };
  /** Is told of what should outlive the process, where Redis does not keep it. */
  readonly onLearned: OnLearned;
}

/** What sources of callers need of this program. */
export function callerPorts(parts: CallerParts) {
  const { keyRings, settings, texts } = parts;
  return {
    sourceKeys: (keysId: string) => keyRings.of(keysId),
    sourceText: (source: string) => texts[source],
    introspection: (source: IntrospectSource) => createIntrospection(source, texts[source.name]),
    exchange: (source: string, plan: ExchangePlan) =>
      createTokenExchange(plan, texts[exchangeText(source)]),
    memorySecret: settings.nonceSecret,
    learned: learnedState(parts),
  };
}

/** Redis is asked by every node; the memory of one process is also kept in its store. */
function learnedState({ clock, onLearned, redis, settings }: CallerParts): LearnedState {
  const nowSeconds = (): number => Math.floor(clock.nowMs() / 1000);
  return redis === undefined
    ? new SharedLearnedState(settings.learned, nowSeconds, onLearned)
    : redis.learned(new SharedLearnedState(settings.learned, nowSeconds));
}
