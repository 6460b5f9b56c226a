import type { ApiDocument } from "../../document/api-document.ts";
import { templateShape } from "../../document/path-template.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import type { keys } from "./policy.ts";

type Policy = PolicyOf<typeof keys & CoreKeys>;

/** Where a request names the version. */
export type VersioningPlan =
  | { readonly from: "path" }
  | {
      readonly from: "header" | "query" | "accept";
      readonly name: string;
      readonly otherwise: string | undefined;
    };

/** What every answer of one API says of its version's end. */
export interface VersionEnd {
  /** Deprecation, Sunset and Link fields. Flat. */
  readonly answerFields: readonly string[];
  readonly sunsetAtMs: number | undefined;
}

export interface VersionPlan {
  readonly versioning: VersioningPlan;
  /** Names of versions that are offered. */
  readonly offered: readonly string[];
  /** In the order of `apis`. */
  readonly ends: readonly VersionEnd[];
}

/** Six months, as people count them. */
const leastNoticeMs = 182 * 86_400_000;

export function planVersions(policy: Policy, context: JoinContext): VersionPlan {
  const versioning = versioningOf(policy, context);
  if (versioning.from === "path") noteDuplicates(context);
  return {
    versioning,
    offered: policy.apis.flatMap(({ version }) => version ?? []),
    ends: policy.apis.map((_, index) => endOf(policy, index, context)),
  };
}

function versioningOf({ apis, versioning }: Policy, { note }: JoinContext): VersioningPlan {
  if (versioning === undefined) return { from: "path" };
  const { default: otherwise, from, header, query } = versioning;
  if ([from, header, query].filter((one) => one !== undefined).length !== 1)
    note(["versioning"], "a version is named in one place", {
      expected: "from: path, from: accept, header: NAME or query: NAME",
    });
  if (from === "path") return { from };
  for (const [index, api] of apis.entries())
    if (api.version === undefined)
      note(["apis", String(index)], "an API without a version cannot be asked for", {
        expected: "version: v1",
      });
  if (otherwise !== undefined && !apis.some((api) => api.version === otherwise))
    note(["versioning", "default"], `there is no API of version '${otherwise}'`, {
      expected: apis.map((api) => api.version).join(", "),
    });
  if (header !== undefined) return { from: "header", name: header.toLowerCase(), otherwise };
  return query !== undefined
    ? { from: "query", name: query, otherwise }
    : { from: "accept", name: "version", otherwise };
}

/** Two documents that offer one method and path, where nothing but the path tells versions apart. */
function noteDuplicates({ documents, note }: JoinContext): void {
  const seen = new Map<string, ApiDocument>();
  documents.forEach((document, index) => {
    for (const { key, method, pathTemplate } of document.operations) {
      const shape = `${method} ${templateShape(pathTemplate)}`;
      const other = seen.get(shape);
      if (other !== undefined && other !== document)
        note(["apis", String(index), "openapi"], `'${key}' is also an operation of ${other.file}`, {
          mend:
            "Give the documents different base paths, " +
            "or say how a version is named: versioning: { header: X-API-Version }.",
        });
      seen.set(shape, document);
    }
  });
}

/** `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and where to go. */
function endOf(policy: Policy, index: number, context: JoinContext): VersionEnd {
  const { deprecated, successor, sunset, sunsetReason } = policy.apis[
    index
  ] as Policy["apis"][number];
  const place = ["apis", String(index)];
  const fields: string[] = [];
  if (deprecated !== undefined) fields.push("Deprecation", `@${deprecated / 1000}`);
  if (sunset !== undefined) {
    if (deprecated === undefined)
      context.note([...place, "sunset"], "a version that ends must first be deprecated", {
        expected: "deprecated: YYYY-MM-DD",
      });
    else if (sunset - deprecated < leastNoticeMs && sunsetReason === undefined)
      context.note(
        [...place, "sunset"],
        "the version ends less than six months after it is deprecated",
        {
          expected: "a sunset at least six months later",
          mend: "Apps in the stores live long. If it must be so, say why: sunsetReason: ...",
        },
      );
    fields.push("Sunset", new Date(sunset).toUTCString());
  }
  if (successor !== undefined) fields.push(...linkTo(successor, policy, place, context));
  return { answerFields: fields, sunsetAtMs: sunset };
}

function linkTo(
  successor: string,
  { apis, publicUrl }: Policy,
  place: readonly string[],
  { documents, note }: JoinContext,
): string[] {
  const document = documents[apis.findIndex(({ version }) => version === successor)];
  if (document === undefined) {
    note([...place, "successor"], `there is no API of version '${successor}'`, {
      expected: apis.map(({ version }) => version ?? "(none)").join(", "),
    });
    return [];
  }
  const address = `${publicUrl?.replace(/\/$/, "") ?? ""}${basePathOf(document) || "/"}`;
  return ["Link", `<${address}>; rel="successor-version"`];
}

/** The path with which all paths of a document begin. */
function basePathOf({ operations }: ApiDocument): string {
  const [first, ...rest] = operations.map((operation) => operation.pathTemplate.split("/"));
  if (first === undefined) return "";
  let length = first.findIndex((segment) => segment.includes("{"));
  if (length === -1) length = first.length - 1;
  for (const segments of rest)
    while (length > 0 && first.slice(0, length).join("/") !== segments.slice(0, length).join("/"))
      length -= 1;
  return first.slice(0, length).join("/");
}
