import { mainSource } from "../../facts/caller.ts";
import { signInProblems } from "../../facts/sign-in-problems.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileAuthenticate } from "./authenticate.ts";
import { type AuthenticationPorts, openAuthentication } from "./open.ts";
import { compileExchange } from "./exchange.ts";
import { compileForget, type ForgetRules, forgetOnLeave } from "./forget-caller.ts";
import { compileLearn } from "./learn.ts";
import { type AuthenticationPlan, isSeparate, planAuthentication } from "./plan.ts";
import { keys } from "./policy.ts";
import { lifeProblems, problems } from "./problems.ts";
import { words } from "./words.ts";

export const authentication = defineControl({
  name: "authentication",
  sentence: "Who calls: whether the access token is valid, and still believed.",
  modeKeys: [
    {
      key: "authentication",
      kind: "settable",
      sentence: "Who calls: whether the token is there, valid, and not revoked.",
      answers:
        "Answers carry `WWW-Authenticate` (RFC 6750), and tell the caller no more than it needs " +
        "to recover; the record's `detail` says which check failed.",
    },
    // Who sets a bound must see whom it would refuse before it does.
    {
      key: "tokenLife",
      kind: "named",
      sentence:
        "How long tokens of another issuer live (`identity.accessToken.most`); enforced only " +
        "where this key is named.",
    },
  ],
  keys,
  names: ({ identity }): Record<string, readonly string[]> => {
    const sources = Object.entries(identity?.sources ?? {});
    const placed = sources.flatMap(([, { credential = [] }]) => credential);
    const names = sources.map(([name]) => name);
    if (identity?.issuer !== undefined && sources.length > 0) names.push(mainSource);
    return {
      "header field": [...(identity?.credential ?? []), ...placed].flatMap(
        ({ header }) => header ?? [],
      ),
      "query parameter": placed.flatMap(({ query }) => query ?? []),
      source: names,
      "separate source": identity !== undefined && isSeparate(identity) ? names : [],
    };
  },
  problems: [signInProblems, problems, lifeProblems],
  plan: planAuthentication,
  open: (plan: AuthenticationPlan | undefined, ports: AuthenticationPorts, gate) =>
    openAuthentication(plan, ports, gate),
  close: (live) => live?.close(),
  request: {
    authenticate: step({
      title: "authenticate",
      mode: "authentication",
      needs: [
        "address",
        "envelope",
        "fields",
        "forwardFields",
        "host",
        "query",
        "scheme",
        "traceId",
      ],
      // A body is read here only where a credential may stand in it.
      gives: [
        "accessToken",
        "believes",
        "bodyBytes",
        "caller",
        "exchanging",
        "forwardFields",
        "heldBytes",
        "query",
        "rememberedCaller",
      ],
    }),
    exchange: step({
      title: "exchange the token",
      mode: "authentication",
      needs: ["caller", "exchanging"],
      gives: ["forwardFields", "query"],
    }),
    life: step({ title: "token life", mode: undefined, needs: ["caller"], gives: [] }),
  },
  answer: {
    forget: step({
      title: "forget the caller",
      mode: undefined,
      needs: ["caller", "rememberedCaller"],
      gives: [],
    }),
    learn: step({
      title: "learn who has signed in",
      mode: undefined,
      needs: ["bodyBytes", "envelope", "host"],
      gives: [],
    }),
  },
  compile(_own, { anonymous, api, live, name, operation }) {
    // The issuer reads its callers' credentials itself.
    if (live === undefined || operation === undefined || api?.issuer === true) return {};
    const { certificate, exchanged, finderFor, forgetOn, judge, learned, life, remembers } = live;
    const authenticate = compileAuthenticate({
      finders: finderFor(operation),
      judge,
      certificate,
      anonymous: anonymous === true,
    });
    const exchange = exchanged.size === 0 ? undefined : compileExchange(exchanged);
    if (!remembers) return { request: { authenticate, life, exchange } };
    const rules: ForgetRules = {
      method: operation.method,
      anonymous: anonymous === true,
      isNamed: forgetOn.has(name),
    };
    return {
      request: { authenticate, life, exchange },
      answer: { forget: compileForget(rules), learn: compileLearn(name, learned) },
      leave: forgetOnLeave(rules),
    };
  },
  words,
});
