import type { BackendReading } from "../../policy/backend-reading.ts";
import type { JoinContext, PolicyPath } from "../../policy/join-context.ts";
import { findOperation } from "./named-operation.ts";
import { baseOf, claimsOf, placesSaid } from "./plan-claims.ts";
import type { SourceSetting } from "./source-keys.ts";
import type { CredentialPlace, IntrospectSource, NobodyPlan, WhoamiSource } from "./source-plan.ts";

const usualBounds: RememberBounds = { usualMs: 30_000, mostMs: 600_000 };

/** Sessions of the backend's own. */
export function planWhoami(
  name: string,
  setting: SourceSetting,
  path: PolicyPath,
  context: JoinContext,
): WhoamiSource | undefined {
  const { whoami } = setting;
  if (whoami === undefined) return undefined;
  const { operation, sub } = whoami;
  const base = baseOf(name, setting, path, context);
  const found = questionAt(operation, [...path, "whoami", "operation"], context);
  if (!isTold(base.places, context.readings[found?.api ?? -1]))
    context.note([...path, "credential"], "a GET that is asked who calls has no body", {
      expected:
        "another place, or from: the answers of sign-in; or the API's upstream says methodFrom: " +
        "body.NAME, and its envelope names the credential",
    });
  const isBasic = base.places.every(
    ({ source }) => "header" in source && source.scheme?.toLowerCase() === "basic",
  );
  if (sub === "username" ? !isBasic : !sub.startsWith("/"))
    context.note([...path, "whoami", "sub"], "this names nobody", {
      expected: "a JSON pointer such as /id, or username with credential: { scheme: Basic }",
    });
  if (isBasic)
    context.note([...path, "credential"], "a password travels with every request", {
      severity: "warning",
      mend: "Basic is judged as it is; tokens or sessions would end, and could be revoked.",
    });
  return {
    ...base,
    kind: "whoami",
    api: found?.api ?? 0,
    path: found?.path ?? "/",
    subject: sub,
    nobody: planNobody(whoami.nobody, [...path, "whoami", "nobody"], context),
    ...rememberOf(setting, usualBounds, path, context),
    claims: placesSaid(whoami),
  };
}

function planNobody(
  setting: NonNullable<SourceSetting["whoami"]>["nobody"],
  path: PolicyPath,
  { note }: JoinContext,
): NobodyPlan | undefined {
  if (setting === undefined) return undefined;
  const { equals, response, status } = setting;
  if (status === undefined || (response === undefined) !== (equals === undefined))
    note(path, "it does not say which answers", {
      expected: "status, such as 400; and response with equals where the status is not enough",
    });
  return {
    statuses: status ?? [],
    says:
      response === undefined || equals === undefined ? undefined : { pointer: response, equals },
  };
}

/**
 * Whether the backend can be shown a credential when it is asked who calls: one of a body only
 * where a POST may stand for the GET.
 */
const isTold = (places: readonly CredentialPlace[], reading: BackendReading | undefined): boolean =>
  places.every(
    ({ source }) =>
      !("body" in source) ||
      (reading?.methodFrom?.in === "body" &&
        reading.envelope.some(({ name }) => source.body === `/${name}`)),
  );

function questionAt(
  name: string,
  path: PolicyPath,
  context: JoinContext,
): { readonly api: number; readonly path: string } | undefined {
  const found = findOperation(name, path, context);
  if (found === undefined) return undefined;
  const { api, operation } = found;
  if (operation.method === "GET" && !operation.pathTemplate.includes("{"))
    return { api, path: operation.pathTemplate };
  context.note(path, `'${name}' is no GET without path parameters`, {
    expected: "the operation that answers its caller with who it is",
  });
  return undefined;
}

/** Opaque tokens. */
export function planIntrospect(
  name: string,
  setting: SourceSetting,
  path: PolicyPath,
  context: JoinContext,
): IntrospectSource | undefined {
  const { audience = [], client = [], introspect, issuer } = setting;
  if (introspect === undefined) return undefined;
  if (audience.length === 0 && client.length === 0)
    context.note(path, "every active token would be taken, whomever it was made for", {
      expected: "audience, or client",
    });
  const claims = claimsOf(setting.claims ?? {}, undefined);
  return {
    ...baseOf(name, setting, path, context),
    kind: "introspect",
    url: introspect.url,
    clientId: introspect.clientId,
    issuer,
    audiences: audience,
    clients: client,
    subjectClaim: claims.sub,
    ...rememberOf(setting, usualBounds, path, context),
    claims,
  };
}

interface RememberBounds {
  readonly usualMs: number;
  readonly mostMs: number;
}

export function rememberOf(
  { forgetOn = [], remember }: SourceSetting,
  { mostMs, usualMs }: RememberBounds,
  path: PolicyPath,
  context: JoinContext,
) {
  const rememberMs = remember ?? usualMs;
  if (rememberMs > mostMs)
    context.note(
      [...path, "remember"],
      "somebody whose session has ended is still believed for so long",
      { expected: `at most ${mostMs / 60_000}m` },
    );
  const names = forgetOn.flatMap(
    (name, index) => findOperation(name, [...path, "forgetOn", String(index)], context)?.name ?? [],
  );
  return { forgetOn: names, rememberMs } as const;
}
