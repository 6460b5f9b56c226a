import { signInProblems } from "../../facts/sign-in-problems.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileAuthenticate } from "./authenticate.ts";
import { type AuthenticationPorts, openAuthentication } from "./open.ts";
import { type AuthenticationPlan, planAuthentication } from "./plan.ts";
import { keys } from "./policy.ts";
import { lifeProblems, problems } from "./problems.ts";

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
  names: ({ identity }): Record<string, readonly string[]> => ({
    "header field": (identity?.credential ?? []).flatMap(({ header }) => header ?? []),
  }),
  problems: [signInProblems, problems, lifeProblems],
  plan: planAuthentication,
  open: (plan: AuthenticationPlan | undefined, ports: AuthenticationPorts) =>
    openAuthentication(plan, ports),
  close: (live) => live?.close(),
  request: {
    authenticate: step({
      title: "authenticate",
      mode: "authentication",
      needs: [],
      gives: ["accessToken", "believes", "caller"],
    }),
    life: step({ title: "token life", mode: undefined, needs: ["caller"], gives: [] }),
  },
  compile(_own, { anonymous, api, live, operation }) {
    // The issuer reads its callers' credentials itself.
    if (live === undefined || operation === undefined || api?.issuer === true) return {};
    const { believes, finderFor, life, verify } = live;
    return {
      request: {
        authenticate: compileAuthenticate({
          findCredential: finderFor(operation),
          verify,
          believes,
          anonymous: anonymous === true,
        }),
        life,
      },
    };
  },
});
