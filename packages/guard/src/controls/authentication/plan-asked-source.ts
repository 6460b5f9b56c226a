import type { JoinContext, PolicyPath } from "../../policy/join-context.ts";
import { baseOf, claimsOf, usualClaims } from "./plan-claims.ts";
import type { SourceSetting } from "./source-keys.ts";
import type { IntrospectSource, WhoamiSource } from "./source-plan.ts";

const usualRememberMs = 30_000;
const mostRememberMs = 600_000;

/** Sessions of the backend's own. */
export function planWhoami(
  name: string,
  setting: SourceSetting,
  path: PolicyPath,
  context: JoinContext,
): WhoamiSource | undefined {
  const { whoami } = setting;
  if (whoami === undefined) return undefined;
  const { client, device, operation, roles, scopes, session, sub, tier } = whoami;
  const base = baseOf(name, setting, path, context);
  const found = operationAt(operation, [...path, "whoami", "operation"], context);
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
  const none = "/";
  return {
    ...base,
    kind: "whoami",
    api: found?.api ?? 0,
    path: found?.path ?? none,
    subject: sub,
    ...rememberOf(setting, path, context),
    claims: {
      ...usualClaims,
      sub,
      client: client === undefined ? [] : [client],
      roles: roles ?? "/~none",
      scopes: scopes === undefined ? [] : [scopes],
      tier,
      device,
      session: session ?? "/~none",
    },
  };
}

function operationAt(
  name: string,
  path: PolicyPath,
  { documents, note }: JoinContext,
): { readonly api: number; readonly path: string } | undefined {
  for (const [api, { operations }] of documents.entries()) {
    const found = operations.find(({ operationId }) => operationId === name);
    if (found === undefined) continue;
    if (found.method === "GET" && !found.pathTemplate.includes("{"))
      return { api, path: found.pathTemplate };
    note(path, `'${name}' is no GET without path parameters`, {
      expected: "the operation that answers its caller with who it is",
    });
    return undefined;
  }
  note(path, `no document has an operation '${name}'`, { expected: "an operationId" });
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
    ...rememberOf(setting, path, context),
    claims,
  };
}

function rememberOf(
  { forgetOn = [], remember = usualRememberMs }: SourceSetting,
  path: PolicyPath,
  { note, operations }: JoinContext,
) {
  if (remember > mostRememberMs)
    note([...path, "remember"], "somebody whose session has ended is still believed for so long", {
      expected: "at most 10m",
    });
  forgetOn.forEach((name, index) => {
    if (!operations.some(({ operationId }) => operationId === name))
      note([...path, "forgetOn", String(index)], `no document has an operation '${name}'`);
  });
  return { forgetOn, rememberMs: remember } as const;
}
