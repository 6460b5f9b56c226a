import type { Plan } from "@portcullis/guard";
import type { AuthenticationPlan, SourcePlan, TokenSource } from "@portcullis/guard/policy";
import { Misuse } from "../../terminal.ts";
import { noIssuer } from "../explain/no-issuer.ts";
import type { TestCase } from "./test-file.ts";

type Place = TokenSource["places"][number]["source"];

/** Where a test's caller stands whose source finds it where no token can stand. */
const elsewhere: Place = { header: "X-Test-Caller", scheme: undefined };

/** What a test says of callers of a source that has no tokens: each in one word. */
const plainClaims: TokenSource["claims"] = {
  sub: "/sub",
  client: ["/client"],
  roles: "/roles",
  scopes: ["/scopes"],
  tier: "/tier",
  device: "/device",
  session: "/session",
  own: {},
};

/**
 * The source that knows a test's caller.
 *
 * @throws Misuse where the test leaves it open, or there is none
 */
export function sourceOfTest(
  { from }: Pick<TestCase, "from">,
  authentication: AuthenticationPlan | undefined,
): SourcePlan {
  const { main, sources = [] } = authentication ?? {};
  const [only, another] = sources;
  if (only === undefined) throw new Misuse(noIssuer);
  const found =
    from === undefined
      ? (main ?? (another === undefined ? only : undefined))
      : sources.find(({ name }) => name === from);
  if (found !== undefined) return found;
  const names = sources.map(({ name }) => name).join(", ");
  throw new Misuse(
    from === undefined
      ? `a test does not say from which source its caller is: from: one of ${names}.`
      : `there is no source '${from}' of callers: from is one of ${names}.`,
  );
}

/**
 * The same source, as one of tokens that a test can make: of what kind its credentials are, and who
 * vouches for them, is not what a test of the policy asks.
 */
export function asTokens(source: SourcePlan): TokenSource {
  const [place] = source.places;
  const stands = place !== undefined && ("header" in place.source || "cookie" in place.source);
  const base = {
    name: source.name,
    places: [{ securityScheme: undefined, source: stands ? place.source : elsewhere }],
    forward: stands ? source.forward : ("drop" as const),
    exchange: stands ? source.exchange : undefined,
    builtin: false,
    sharedSecret: undefined,
    jwksUri: undefined,
    keysInFile: false,
    main: false,
    algorithms: ["ES256"],
  };
  const issuer = `urn:portcullis:test:${source.name}`;
  if (source.kind === "token") return { ...source, ...base, issuer: source.issuer ?? issuer };
  const isAsked = source.kind === "introspect";
  return {
    ...base,
    kind: "token",
    issuer,
    audiences: [],
    clients: isAsked ? source.clients : [],
    clientNeeded: false,
    requires: {},
    typ: "any",
    tokenKind: "id",
    expiryNeeded: true,
    clockToleranceSeconds: 0,
    subjectClaim: isAsked ? source.subjectClaim : "/sub",
    claims: isAsked ? source.claims : plainClaims,
  };
}

/** The plan in which a source knows its callers by a test's tokens, and no other knows any. */
export function planAs(plan: Plan, source: TokenSource): Plan {
  const { authentication } = plan.controls;
  if (authentication === undefined) return plan;
  return withAuthentication(plan, {
    ...authentication,
    sources: [source],
    main: undefined,
    builtin: false,
  });
}

/** The plan as it is, but for certificates, whose authorities a test does not read. */
export function planOfTests(plan: Plan): Plan {
  const { authentication } = plan.controls;
  if (authentication === undefined) return plan;
  const sources = authentication.sources.filter(({ kind }) => kind !== "certificate");
  return withAuthentication(plan, { ...authentication, sources });
}

const withAuthentication = (plan: Plan, authentication: AuthenticationPlan): Plan => ({
  ...plan,
  controls: { ...plan.controls, authentication },
});
