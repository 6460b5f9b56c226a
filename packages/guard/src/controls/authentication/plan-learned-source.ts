import type { JoinContext, PolicyPath } from "../../policy/join-context.ts";
import type { CredentialSource } from "./find-credential.ts";
import { findOperation } from "./named-operation.ts";
import { baseOf, claimsOf, placesSaid } from "./plan-claims.ts";
import { rememberOf } from "./plan-asked-source.ts";
import type { SourceSetting } from "./source-keys.ts";
import type { LearnedPlan, LearnedSource } from "./source-plan.ts";

const usualRememberMs = 43_200_000;
const mostRememberMs = 2_592_000_000;

type From = NonNullable<SourceSetting["from"]>[number];

/** Credentials that the backend gives out, learned from its answers to sign-in. */
export function planLearned(
  name: string,
  setting: SourceSetting,
  path: PolicyPath,
  context: JoinContext,
): LearnedSource | undefined {
  const { from } = setting;
  if (from === undefined) return undefined;
  const base = baseOf(name, setting, path, context);
  const own = claimsOf(setting.claims ?? {}, undefined).own;
  const plans = from.map((one, index): LearnedPlan => {
    const at = [...path, "from", String(index)];
    const { operation, sub } = one;
    return {
      operations: operation.flatMap(
        (written, place) =>
          findOperation(written, [...at, "operation", String(place)], context)?.name ?? [],
      ),
      given: givenBy(one, base.places[0]?.source, at, context),
      subject: sub,
      lifetime: one.lifetime,
      expires: one.expires,
      claims: { ...placesSaid(one), own },
    };
  });
  return {
    ...base,
    kind: "learned",
    from: plans,
    claims: { ...placesSaid({ sub: "/sub" }), own },
    ...rememberOf(setting, { usualMs: usualRememberMs, mostMs: mostRememberMs }, path, context),
  };
}

function givenBy(
  { credential }: From,
  place: CredentialSource | undefined,
  path: PolicyPath,
  { note }: JoinContext,
): LearnedPlan["given"] {
  const isCookie = place !== undefined && "cookie" in place;
  if (credential?.startsWith("/") === true) return { pointer: credential };
  if (credential !== undefined && credential.toLowerCase() !== "set-cookie")
    return { field: credential };
  if (!isCookie)
    note([...path, "credential"], "it is not said where the answer has the credential", {
      expected: "a JSON pointer such as /token, or a header field of the answer",
    });
  return { cookie: isCookie ? place.cookie : "" };
}
