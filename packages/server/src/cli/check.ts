import type { RequestPlace } from "@portcullis/guard/authorization/request-place";
import type { Control } from "@portcullis/guard/control";
import type { Fault } from "@portcullis/guard/operation";
import type { ApiPlan, OperationPlan, Plan } from "@portcullis/guard/policy/plan";
import type { ModeRule } from "@portcullis/guard/rollout/mode";
import { loadPolicy } from "../policy/load-policy.ts";
import { verifyStructure } from "../policy/verify-structure.ts";
import type { Command } from "./arguments.ts";
import { findingsOf } from "./findings.ts";
import { showMatrix } from "./role-matrix.ts";
import { suggest } from "./suggest.ts";
import { policySources, text } from "./sources.ts";
import { faultLines, tableLines, type Terminal } from "./terminal.ts";

/** Exit code: 0 understood, 1 understood but something stands open or closed that nobody decided, 2 not understood. */
export async function check({ values }: Command, environment: Readonly<Record<string, string | undefined>>, terminal: Terminal): Promise<number> {
  const { documents, faults: read, plan } = await loadPolicy(policySources(values, environment, false));
  const faults = [...read, ...(await Promise.all(documents.map((document) => verifyStructure(document.file)))).flat()];
  const findings = plan === undefined ? [] : findingsOf(plan);
  const asJson = values["json"] === true;
  if (plan === undefined) {
    if (asJson) terminal.out(JSON.stringify({ faults, findings, operations: [] }));
    else terminal.error(`${faultLines(faults)}\n\n${countOfErrors(faults)}. Nothing is served from what is not understood.`);
    return 2;
  }
  if (!asJson && faults.length > 0) terminal.error(faultLines(faults));
  if (values["suggest"] === true) return await suggest(text(values["admin"]) ?? "http://127.0.0.1:9443", text(values["directory"]) ?? ".portcullis", asJson, terminal);
  if (values["matrix"] === true) return showMatrix(plan, text(values["snapshot"]), values["accept"] === true, asJson, terminal);
  if (asJson) {
    terminal.out(JSON.stringify({ faults, findings, operations: plan.apis.flatMap((api) => api.operations.map((operation, index) => ({ ...coverageOf(plan, api, operation, index), modes: operation.modes }))) }));
    return findings.length > 0 ? 1 : 0;
  }
  const rows = plan.apis.flatMap((api) => api.operations.map((operation, index) => coverageOf(plan, api, operation, index)));
  terminal.out(tableLines([["OPERATION", "METHOD", "PATH", "WHO MAY ENTER", "OWNER", "LIMITS", "REQUEST", "MODE"], ...rows.map((row) => [row.operation, row.method, row.path, row.entry, row.owner, row.limits, row.request, row.mode])]));
  terminal.out(`\n${rows.length} operations understood.`);
  for (const finding of findings) terminal.out(finding);
  return findings.length > 0 ? 1 : 0;
}

function countOfErrors(faults: readonly Fault[]): string {
  const errors = faults.filter((fault) => fault.severity === "error").length;
  return `${errors} ${errors === 1 ? "fault" : "faults"}`;
}

interface Coverage {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly entry: string;
  readonly owner: string;
  readonly limits: string;
  readonly request: string;
  readonly mode: string;
}

function coverageOf(plan: Plan, api: ApiPlan, own: OperationPlan, index: number): Coverage {
  const operation = api.document.operations[index] as ApiPlan["document"]["operations"][number];
  const { owner } = own;
  return {
    operation: operation.operationId ?? "-",
    method: operation.method,
    path: operation.pathTemplate,
    entry: entryWords(own),
    owner: owner === undefined ? "-" : ownerWords(owner, operation),
    limits: own.limits.length === 0 ? "-" : own.limits.map((limit) => `${limit.rate === "tier" ? `tier (${plan.tiers.map(([tier]) => tier).join(", ")})` : `${limit.rate.count}/${windowWords(limit.rate.windowMs)}`} per ${limit.per.join("+")}`).join(", "),
    request: operation.requestBody === undefined ? "parameters" : operation.requestBody.content.map((content) => (content.schema === undefined ? `${content.mediaType} (unread)` : content.mediaType)).join(", "),
    mode: modesWords(own.modes),
  };
}

function ownerWords({ clauses, foreign }: NonNullable<OperationPlan["owner"]>, { pathTemplate }: ApiPlan["document"]["operations"][number]): string {
  const names = [...pathTemplate.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] as string);
  const atomWords = (atom: (typeof clauses)[number]["atoms"][number]): string => {
    if (atom.kind === "request") return `${placeWords(atom.place, names)} is ${atom.is}${atom.optional ? ", where named" : ""}`;
    if (atom.kind === "provenance") return `${atom.objects} once shown`;
    if (atom.kind === "relation") return `${atom.relation.at} allows ${atom.relation.action}`;
    const pointer = `/${atom.pointer.join("/")}`;
    return atom.kind === "lookup" ? `${atom.lookup.operation}${pointer} is ${atom.is}` : `${pointer} is ${atom.is}`;
  };
  const words = clauses.map((clause) => clause.atoms.map(atomWords).join(" or ") + (clause.exceptRoles.length === 0 ? "" : `, except ${clause.exceptRoles.join(" ")}`));
  return [...words, ...(foreign === undefined ? [] : [`/${foreign.pointer.join("/")} cut to ${foreign.is}`])].join(" and ");
}

function placeWords(place: RequestPlace, names: readonly string[]): string {
  if (place.from === "path") return `{${names[place.index]}}`;
  return place.from === "body" ? `body /${place.pointer.join("/")}` : `${place.from} ${place.name}`;
}

function entryWords({ entry }: OperationPlan): string {
  if (entry === undefined) return "no rule: closed";
  if (entry.anonymous) return "anyone";
  const scopes = entry.alternatives.map((alternative) => alternative.scopes.join(" ")).filter((one) => one !== "");
  const roles = entry.roles.length === 0 ? "" : `role ${entry.roles.join(" or ")}`;
  const clients = entry.clients.length === 0 ? "" : `from ${entry.clients.join(" or ")}`;
  return [scopes.length === 0 ? "signed in" : scopes.join(" or "), roles, clients].filter((one) => one !== "").join(", ");
}

const windowWords = (windowMs: number): string => ({ 1000: "s", 60_000: "min", 3_600_000: "hour", 86_400_000: "day" })[windowMs] ?? `${windowMs}ms`;

const modeWord = (rule: ModeRule): string => (typeof rule === "string" ? rule : `enforce ${[rule.enforce.app, rule.enforce.percent === undefined ? undefined : `${rule.enforce.percent}%`].filter((one) => one !== undefined).join(" ")} else ${rule.otherwise}`);

/** The mode that most controls have, and those that differ. */
function modesWords(modes: Readonly<Record<Control, ModeRule>>): string {
  const words = Object.entries(modes).filter(([control]) => control !== "protocol" && control !== "upstream").map(([control, rule]) => [control, modeWord(rule)] as const);
  const counted = new Map<string, number>();
  for (const [, word] of words) counted.set(word, (counted.get(word) ?? 0) + 1);
  const [most = ""] = [...counted].sort((a, b) => b[1] - a[1]).map(([word]) => word);
  const others = words.filter(([, word]) => word !== most).map(([control, word]) => `${control} ${word}`);
  return others.length === 0 ? most : `${most} (${others.join(", ")})`;
}
