import { mainSource } from "../../facts/caller.ts";
import { readTemplate } from "../../document/path-template.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import { nearest } from "../../reading/nearest-name.ts";
import type { keys } from "./policy.ts";

type Policy = PolicyOf<typeof keys & CoreKeys>;
type Setting = NonNullable<Policy["impersonation"]>;

/** Who may act for others. */
export interface WhoPlan {
  /** The name of a source of callers. */
  readonly source: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** Empty: any. */
  readonly clients: readonly string[];
}

/** How the backend says whether a person exists. */
export interface SubjectPlan {
  /** The place of its API among the plan's. */
  readonly api: number;
  /** A template with one parameter. */
  readonly path: string;
  readonly subject: string;
  readonly roles: string | undefined;
  readonly tier: string | undefined;
}

export interface ImpersonationPlan {
  readonly who: readonly WhoPlan[];
  /** Undefined where only tokens say who acts. */
  readonly header: string | undefined;
  readonly reason: string;
  readonly tokens: readonly { readonly source: string; readonly clients: readonly string[] }[];
  /** The source whose people a header names. */
  readonly of: string;
  /** Whether sources are told apart, so that a name is `SOURCE/SUBJECT`. */
  readonly separate: boolean;
  /** Whether `of` is the built-in issuer, which has accounts. */
  readonly accounts: boolean;
  readonly subject: SubjectPlan | undefined;
  readonly granted: boolean;
  readonly never: readonly string[];
  readonly keepsRoles: readonly string[] | undefined;
  readonly keepsScopes: readonly string[] | undefined;
  readonly forMs: number;
  readonly mostADay: number;
}

const place = "impersonation";
const usualMs = 900_000;
const longestMs = 28_800_000;
const usualMostADay = 50;

/** Undefined where nobody may act for others. */
export function planImpersonation(
  { identity, impersonation: setting }: Policy,
  context: JoinContext,
): ImpersonationPlan | undefined {
  if (setting === undefined) return undefined;
  const { namesOf, note } = context;
  if (identity === undefined)
    note([place], "who acts for others must be known, and nobody knows callers", {
      expected: "identity: { issuer: https://..., audience: ... }",
    });
  const named = namesOf("source") ?? [];
  const sources = named.length === 0 ? [mainSource] : named;
  const sourceAt = (source: string | undefined, path: readonly string[]): string =>
    chosenSource(source, sources, [place, ...path], context);
  const { header, keeps, tokens = [], who = [] } = setting;
  noteWays(setting, context);
  const of = header === undefined ? (setting.of ?? mainSource) : sourceAt(setting.of, ["of"]);
  const accounts = identity?.issuer === "builtin" && of === mainSource;
  const subject = planSubject(setting, context);
  if (
    header !== undefined &&
    setting.subject === undefined &&
    !accounts &&
    setting.granted !== true
  )
    note([place, "header"], "nobody can tell whether the person who is named exists", {
      expected: "subject: { operation: ..., sub: /id }, or granted: true",
    });
  if (header !== undefined && subject !== undefined && subject.roles === undefined)
    note([place, "subject"], "nobody can tell whether the person is of your own staff", {
      severity: "warning",
      expected: "roles: where the answer has the person's roles",
    });
  const roles = who.flatMap((one) => one.roles ?? []);
  noteRoles([...roles, ...(setting.never ?? []), ...(keeps?.roles ?? [])], context);
  return {
    who: who.map((one, index) => ({
      source: sourceAt(one.source, ["who", String(index), "source"]),
      roles: one.roles ?? [],
      scopes: one.scopes ?? [],
      clients: one.clients ?? [],
    })),
    header,
    reason: setting.reason,
    tokens: tokens.map((one, index) => ({
      source: sourceAt(one.source, ["tokens", String(index), "source"]),
      clients: one.clients ?? [],
    })),
    of,
    separate: (namesOf("separate source") ?? []).length > 0,
    accounts,
    subject,
    granted: setting.granted === true,
    never: [...new Set([...roles, ...(setting.never ?? [])])],
    keepsRoles: keeps?.roles,
    keepsScopes: keeps?.scopes,
    forMs: setting.for ?? usualMs,
    mostADay: setting.most ?? usualMostADay,
  };
}

/** By what somebody asks, and what that needs. */
function noteWays(
  { for: forMs = usualMs, header, reason, tokens, who }: Setting,
  { note }: JoinContext,
): void {
  if (header === undefined && tokens === undefined)
    note([place], "nothing says in whose name a request is made", {
      expected: "header: Acting-For, or tokens: { source: ... }",
    });
  if (header !== undefined && who === undefined)
    note([place, "header"], "it does not say who may act for others", {
      expected: "who: { roles: [support] }",
    });
  if (header === undefined && who !== undefined)
    note([place, "who"], "the issuer of tokens decides who acts, and no header is named", {
      expected: "header: Acting-For",
    });
  who?.forEach((one, index) => {
    if (one.roles === undefined && one.scopes === undefined)
      note([place, "who", String(index)], "every caller could act for every other", {
        expected: "roles, or scopes",
      });
  });
  for (const [key, name] of [
    ["header", header],
    ["reason", reason],
  ] as const)
    if (name !== undefined && taken.has(name.toLowerCase()))
      note([place, key], `${name} has a meaning of its own`, {
        expected: "a field such as Acting-For",
      });
  if (header?.toLowerCase() === reason.toLowerCase())
    note([place, "reason"], "one field cannot say both", {
      expected: "a field such as Acting-Reason",
    });
  if (forMs > longestMs || forMs < 1000)
    note([place, "for"], "acting for somebody ends within a working day", {
      expected: "at most 8h",
    });
}

/** Fields that other parts of the gate read, or that belong to the connection. */
const taken: ReadonlySet<string> = new Set([
  "authorization",
  "connection",
  "content-length",
  "content-type",
  "cookie",
  "dpop",
  "host",
  "portcullis-app",
  "portcullis-identity",
  "traceparent",
  "transfer-encoding",
]);

function chosenSource(
  source: string | undefined,
  sources: readonly string[],
  path: readonly string[],
  { note }: JoinContext,
): string {
  if (source !== undefined && !sources.includes(source)) {
    const meant = nearest(source, sources);
    note(path, `there is no source '${source}'`, {
      expected: sources.join(", "),
      ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }),
    });
  }
  if (source === undefined && sources.length > 1)
    note(path.slice(0, -1), `it does not say of which source (${path.at(-1)})`, {
      expected: sources.join(", "),
    });
  return source ?? (sources[0] as string);
}

function noteRoles(roles: readonly string[], { namesOf, note }: JoinContext): void {
  const known = namesOf("role");
  for (const role of new Set(roles)) {
    if (known === undefined || known.includes(role)) continue;
    const meant = nearest(role, known);
    note([place], `there is no role '${role}'`, {
      expected: known.join(", "),
      ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }),
    });
  }
}

function planSubject(
  { subject }: Setting,
  { documents, note }: JoinContext,
): SubjectPlan | undefined {
  if (subject === undefined) return undefined;
  const { operation: written, roles, sub, tier } = subject;
  const path = [place, "subject", "operation"];
  for (const [api, { operations }] of documents.entries())
    for (const { key, method, operationId, pathTemplate } of operations) {
      if (operationId !== written && key !== written) continue;
      if (method !== "GET" || readTemplate(pathTemplate).names.length !== 1)
        note(path, `'${written}' is no GET with one path parameter`, {
          expected: "the operation that answers with one person",
        });
      return { api, path: pathTemplate, subject: sub, roles, tier };
    }
  const names = documents.flatMap(({ operations }) =>
    operations.map(({ key, operationId }) => operationId ?? key),
  );
  const meant = nearest(written, names);
  note(path, `no document has an operation '${written}'`, {
    expected: "an operationId, or METHOD /path",
    ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }),
  });
  return undefined;
}
