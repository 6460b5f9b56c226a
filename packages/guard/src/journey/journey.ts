import type { Refusal } from "../refusal.ts";
import { refuse } from "../refusal.ts";
import { compileRoute, type RouteTable, type SelectTable } from "./20-route.ts";
import { forward, type IdentityAssertion } from "./80-forward.ts";
import { checkUpgrade, tunnel } from "./80-upgrade.ts";
import { AnswerFilter } from "./90-filter.ts";
import { answerEmpty, answerPage, type Answer } from "./answer.ts";
import type { Cors } from "./cors.ts";
import { answerDecided } from "./hide-existence.ts";
import type { OwnPage } from "./own-pages.ts";
import { stands } from "./stands.ts";
import type { JourneyExchange, OperationJourney } from "./step.ts";

export interface JourneyParts {
  /** 10-arrive. */
  readonly arrive: (exchange: JourneyExchange) => Refusal | undefined;
  /** Pages of the gate itself. */
  readonly ownPages: (path: string) => OwnPage | undefined;
  /** Fields of every answer, whoever makes it. Flat. */
  readonly everyAnswer: readonly string[];
  /** A coarse bound per address, before anything costly. */
  readonly admit: ((exchange: JourneyExchange) => Refusal | undefined) | undefined;
  readonly selectTable: SelectTable;
  readonly undeclared: OperationJourney;
  /** Undefined where the policy says nothing of other origins. */
  readonly cors?: Cors | undefined;
  readonly assertIdentity: IdentityAssertion | undefined;
  /** 99-record: called once for every request, whatever became of it. */
  readonly record: (exchange: JourneyExchange) => void;
}

export type { RouteTable };

/** Handles one request from arrival to record. Never throws and never rejects: a fault of ours is a refusal like any other. */
export type Journey = (exchange: JourneyExchange, answer: Answer) => void;

/**
 * The order of things, once. Arrive and route stand here; identify, authenticate, limit, validate and authorize are the
 * operation's own checks, compiled in that order (see compile-operation.ts); forward, filter and record end it.
 */
export function compileJourney(parts: JourneyParts): Journey {
  const { arrive, admit, cors, undeclared, assertIdentity, everyAnswer, ownPages, record } = parts;
  const gateItself: OperationJourney = Object.freeze({ ...undeclared, name: "(gate)", checks: [] });
  const route = compileRoute(parts.selectTable, undeclared);

  const end = (exchange: JourneyExchange, answer: Answer, refusal: Refusal): void => {
    answerDecided(exchange, answer, refusal, exchange.rules?.hideStepMs, () => record(exchange));
  };
  const fail = (exchange: JourneyExchange, answer: Answer, fault: unknown): void => {
    const refusal = refuse("gate-fault", { detail: fault instanceof Error ? `${fault.name}: ${fault.message}` : "unknown" });
    (exchange.decisions ??= []).push({ refusal, mode: "enforce" });
    end(exchange, answer, refusal);
  };

  const proceed = (exchange: JourneyExchange, answer: Answer, rules: OperationJourney, from: number): void => {
    const { checks } = rules;
    for (let index = from; index < checks.length; index += 1) {
      const outcome = (checks[index] as (typeof checks)[number])(exchange);
      if (outcome === undefined) continue;
      if (outcome instanceof Promise) {
        outcome.then(
          (refusal) => {
            if (exchange.closed) return record(exchange);
            if (refusal !== undefined && stands(exchange, refusal, rules.modes)) return end(exchange, answer, refusal);
            try {
              proceed(exchange, answer, rules, index + 1);
            } catch (fault) {
              fail(exchange, answer, fault);
            }
          },
          (fault: unknown) => fail(exchange, answer, fault),
        );
        return;
      }
      if (stands(exchange, outcome, rules.modes)) {
        end(exchange, answer, outcome);
        return;
      }
    }
    const filter = new AnswerFilter(exchange, rules, answer, record);
    if (exchange.arrival.upgrade !== undefined) {
      const refused = checkUpgrade(exchange, rules);
      if (refused !== undefined && stands(exchange, refused, rules.modes)) end(exchange, answer, refused);
      else tunnel(exchange, rules, filter, assertIdentity, () => record(exchange));
      return;
    }
    filter.forwarding = forward(exchange, rules, filter, answer, assertIdentity);
  };

  return (exchange, answer) => {
    try {
      if (everyAnswer.length > 0) exchange.answerHeaders.push(...everyAnswer);
      const malformed = arrive(exchange);
      if (malformed !== undefined) {
        (exchange.decisions ??= []).push({ refusal: malformed, mode: "enforce" });
        cors?.allow(exchange);
        return end(exchange, answer, malformed);
      }
      const tooMany = admit?.(exchange);
      if (tooMany !== undefined && stands(exchange, tooMany, undeclared.modes)) {
        cors?.allow(exchange);
        return end(exchange, answer, tooMany);
      }
      const preflight = cors?.preflight(exchange);
      if (preflight !== undefined) {
        exchange.rules = gateItself;
        answerEmpty(exchange, answer, preflight);
        return record(exchange);
      }
      const page = ownPages(exchange.path);
      if (page !== undefined) {
        exchange.rules = gateItself;
        answerPage(exchange, answer, page);
        return record(exchange);
      }
      const rules = route(exchange);
      // The issuer speaks for itself: which pages may ask it depends on the client.
      if (exchange.rules?.issuer !== true) cors?.allow(exchange);
      if (rules === undefined) return end(exchange, answer, exchange.refusal ?? refuse("operation-unknown"));
      return proceed(exchange, answer, rules, 0);
    } catch (fault) {
      return fail(exchange, answer, fault);
    }
  };
}
