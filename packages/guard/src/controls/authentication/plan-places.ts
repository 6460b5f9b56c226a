import type { Binding } from "../../facts/binding.ts";
import type { SecurityScheme } from "../../document/api-document.ts";
import type { JoinContext, PolicyPath } from "../../policy/join-context.ts";
import type { CredentialSource } from "./find-credential.ts";
import type { CredentialSetting } from "./source-keys.ts";
import type { CredentialPlace, SourcePlan } from "./source-plan.ts";

/** Where a source's credential may sit. */
export function planPlaces(
  credentials: readonly CredentialSetting[],
  binding: Binding,
  path: PolicyPath,
  { documents, note }: JoinContext,
): CredentialPlace[] {
  const schemes = new Map<string, SecurityScheme>(
    documents.flatMap(({ securitySchemes }) => securitySchemes.map((one) => [one.name, one])),
  );
  return credentials.flatMap((written, index): CredentialPlace[] => {
    const place = [...path, String(index)];
    const { securityScheme } = written;
    const named = securityScheme === undefined ? undefined : schemes.get(securityScheme);
    if (securityScheme !== undefined && named === undefined)
      note([...place, "securityScheme"], `no document has a security scheme '${securityScheme}'`, {
        expected: [...schemes.keys()].join(", ") || "a scheme under components.securitySchemes",
      });
    const setting = asDocumented(written, named);
    notePlace(setting, place, note);
    return sourcesOf(setting, binding).map((source) => ({ securityScheme, source }));
  });
}

/** Where the policy names a scheme and no place, the document says where it is. */
function asDocumented(
  written: CredentialSetting,
  scheme: SecurityScheme | undefined,
): CredentialSetting {
  const { body, cookie, header, query, scheme: word } = written;
  const isPlaced = [body, cookie, header, query, word].some((one) => one !== undefined);
  if (isPlaced || scheme === undefined) return written;
  if (scheme.type === "http" && scheme.scheme === "basic") return { ...written, scheme: "Basic" };
  return scheme.type === "apiKey" && scheme.in !== undefined
    ? { ...written, [scheme.in]: scheme.parameterName }
    : written;
}

function notePlace(
  { body, cookie, header, query, scheme }: CredentialSetting,
  place: PolicyPath,
  note: JoinContext["note"],
): void {
  const said = [body, cookie, header, query].filter((one) => one !== undefined);
  if (said.length > 1 || (scheme !== undefined && (body ?? cookie ?? query) !== undefined))
    note(place, "a credential sits in one place: a cookie, a header field, the query or the body", {
      expected: "cookie, or query, or body, or header with or without scheme",
    });
}

function sourcesOf(
  { body, cookie, header = "Authorization", query, scheme }: CredentialSetting,
  binding: Binding,
): CredentialSource[] {
  if (body !== undefined) return [{ body }];
  if (cookie !== undefined) return [{ cookie }];
  if (query !== undefined) return [{ query }];
  const usual = header.toLowerCase() === "authorization";
  const own = { header, scheme: scheme ?? (usual ? "Bearer" : undefined) };
  const bound = usual && scheme === undefined && binding !== "none" && binding !== "mtls";
  // RFC 9449 section 7.1: a token that is bound to a key is sent under the scheme DPoP.
  return bound ? [own, { header, scheme: "DPoP" }] : [own];
}

/** A place by its name: two sources with one are told apart by what the credential looks like. */
export const placeName = (source: CredentialSource): string =>
  "cookie" in source
    ? `cookie ${source.cookie}`
    : "query" in source
      ? `query ${source.query}`
      : "body" in source
        ? `body ${source.body}`
        : `${source.header.toLowerCase()} ${source.scheme?.toLowerCase() ?? ""}`.trim();

/**
 * Two sources at one place must be told apart before anything is verified: tokens by who has signed
 * them, and beside them one source of credentials that are no tokens.
 */
export function noteAlike(sources: readonly SourcePlan[], { note }: JoinContext): void {
  const [, another] = sources.filter(({ kind }) => kind === "certificate");
  if (another !== undefined)
    note(["identity", "sources", another.name], "a connection shows one certificate", {
      expected: "one source of certificates: its file may hold several authorities",
    });
  const taken = new Map<string, string>();
  for (const source of sources)
    for (const at of new Set(source.places.map((place) => placeName(place.source)))) {
      const key = `${at}\n${looksOf(source)}`;
      const other = taken.get(key);
      if (other !== undefined)
        note(
          ["identity", "sources", source.name],
          `'${source.name}' and '${other}' cannot be told apart: both are looked for in ${at}`,
          { expected: "another place (credential), or another issuer" },
        );
      else taken.set(key, source.name);
    }
}

/** What tells a source's credentials from others at the same place. */
const looksOf = (source: SourcePlan): string =>
  source.kind === "token"
    ? `${source.sharedSecret === undefined ? "keys" : "secret"} ${source.issuer ?? ""}`
    : "opaque";

/** API keys and passwords of the documents that no source looks for. */
export function unverifiedSchemes(
  sources: readonly SourcePlan[],
  { documents }: Pick<JoinContext, "documents">,
): string[] {
  const looked = new Set(
    sources.flatMap(({ places }) => places.map(({ source }) => placeName(source))),
  );
  const schemes = documents.flatMap(({ securitySchemes }) => securitySchemes);
  return schemes.flatMap((scheme) => {
    const { name, type } = scheme;
    if (type !== "apiKey" && scheme.scheme !== "basic") return [];
    const [source] = sourcesOf(asDocumented({}, scheme), "none");
    return source === undefined || looked.has(placeName(source)) ? [] : [name];
  });
}
