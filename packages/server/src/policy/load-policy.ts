import { dirname, resolve } from "node:path";
import { type ApiDocument, type Fault, readOpenApi } from "@portcullis/guard/documents";
import {
  type Plan,
  type PolicyReading,
  type PolicySources,
  readPolicy,
} from "@portcullis/guard/policy";
import { joinPolicy } from "@portcullis/guard/policy";
import { issuerDocument } from "@portcullis/identity/issuer-document";
import { resolveDefinePolicy } from "./define-policy-anywhere.ts";
import { FileStamps } from "./file-stamps.ts";
import { type Policy, programFormat, programSettings } from "./program-policy.ts";

export interface Loaded {
  readonly plan: Plan | undefined;
  readonly policy: Policy | undefined;
  readonly documents: readonly ApiDocument[];
  readonly faults: readonly Fault[];
  /** The fault, at a place of the policy. */
  readonly faultAt: PolicyReading<Policy>["faultAt"];
  /** Where relative paths of the policy begin. */
  readonly folder: string;
  /** Files whose change is a change of the plan, as they were before they were read. */
  readonly files: ReadonlyMap<string, string>;
}

export interface LoadOptions {
  /** Where the built-in issuer answers. */
  readonly issuerTarget?: string;
  /** Nothing is served of a document with a line that is not understood. */
  readonly strict?: boolean;
  /**
   * Another plan serves: a file that was deleted, or is half written, must not take operations away
   * that are served.
   */
  readonly isReload?: boolean;
}

/**
 * Reads the policy, its documents and what they say together. Never half: without a plan, the
 * faults say why.
 */
export async function loadPolicy(
  sources: PolicySources,
  { isReload = false, issuerTarget = "http://127.0.0.1:9", strict = false }: LoadOptions = {},
): Promise<Loaded> {
  const stamps = new FileStamps();
  for (const file of [sources.file, sources.profile]) {
    if (file === undefined) continue;
    stamps.note(resolve(file));
    if (/\.[cm]?[jt]s$/.test(file)) resolveDefinePolicy();
  }
  const { faultAt, faults: policyFaults, policy } = await readPolicy(sources, programFormat);
  const folder = sources.file === undefined ? process.cwd() : dirname(resolve(sources.file));
  if (policy === undefined)
    return {
      plan: undefined,
      policy,
      documents: [],
      faults: policyFaults,
      faultAt,
      folder,
      files: stamps.all,
    };
  for (const file of namedFiles(policy)) stamps.note(resolve(folder, file));
  const overlaysOf = ({ overlays = [] }: Policy["apis"][number]): string[] =>
    overlays.map((overlay) => resolve(folder, overlay));
  const read = policy.apis.map((api) =>
    readOpenApi(resolve(folder, api.openapi), overlaysOf(api), (file) => stamps.note(file)),
  );
  const documents = read.flatMap(({ document }) => (document === undefined ? [] : [document]));
  const faults = [
    ...policyFaults,
    ...read
      .flatMap((one) => one.faults)
      .map((fault) => (strict || (isReload && fault.losesFile) ? untolerated(fault) : fault)),
  ];
  const files = stamps.all;
  if (documents.length < policy.apis.length || faults.some((fault) => fault.severity === "error"))
    return { plan: undefined, policy, documents, faults, faultAt, folder, files };
  const issuer =
    policy.identity?.issuer === "builtin"
      ? { document: issuerDocument(), target: issuerTarget }
      : undefined;
  const joined = joinPolicy(policy, documents, faultAt, { issuer, settings: programSettings });
  return {
    plan: joined.plan,
    policy,
    documents,
    faults: [...faults, ...joined.faults],
    faultAt,
    folder,
    files,
  };
}

/** Files that the policy names for what is in them: secrets, and certificates of backends. */
const namedFiles = (policy: Policy): readonly string[] => [
  ...filesBelow(policy),
  ...Object.values(policy.identity?.sources ?? {}).flatMap(
    ({ certificate: { authority, intermediates, revoked = [] } = {} }) =>
      [authority, intermediates, ...revoked].filter((file) => file !== undefined),
  ),
  ...[policy.state, ...policy.apis.map(({ upstream }) => upstream)].flatMap(tlsFiles),
];

/** `{ file: PATH }`, wherever it stands. */
function filesBelow(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, held]) =>
    key === "file" && typeof held === "string" ? [held] : filesBelow(held),
  );
}

function tlsFiles(of: Policy["apis"][number]["upstream"] | Policy["state"]): readonly string[] {
  const { authorities = [], cert, key } = (typeof of === "object" ? of.tls : {}) ?? {};
  return [...authorities, cert, key].filter((file) => file !== undefined);
}

const untolerated = (fault: Fault): Fault =>
  fault.tolerated === true ? { ...fault, severity: "error" } : fault;
