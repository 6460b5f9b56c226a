import type { ApiDocument } from "../operation.ts";
import type { ApiPlan } from "./plan.ts";
import type { Policy } from "./policy-schema.ts";
import type { ReadPolicy } from "./read-policy.ts";

/** Six months, as people count them. */
const leastNoticeMs = 182 * 86_400_000;

/** What every answer of a version says about its end: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and where to go. */
export function planVersions(policy: Policy, documents: readonly ApiDocument[], index: number, note: ReadPolicy["faultAt"]): Pick<ApiPlan, "answerHeaders" | "sunsetAtMs"> {
  const api = policy.apis[index] as Policy["apis"][number];
  const { deprecated, successor, sunset, sunsetReason } = api;
  const place = ["apis", String(index)];
  const headers: string[] = [];
  if (deprecated !== undefined) headers.push("Deprecation", `@${deprecated / 1000}`);
  if (sunset !== undefined) {
    if (deprecated === undefined) note([...place, "sunset"], "a version that ends must first be deprecated", { expected: "deprecated: YYYY-MM-DD" });
    else if (sunset - deprecated < leastNoticeMs && sunsetReason === undefined) note([...place, "sunset"], "the version ends less than six months after it is deprecated", { expected: "a sunset at least six months later", mend: "Apps in the stores live long. If it must be so, say why: sunsetReason: ..." });
    headers.push("Sunset", new Date(sunset).toUTCString());
  }
  if (successor !== undefined) {
    const other = policy.apis.findIndex((candidate) => candidate.version === successor);
    const document = documents[other];
    if (document === undefined) note([...place, "successor"], `there is no API of version '${successor}'`, { expected: policy.apis.map((candidate) => candidate.version ?? "(none)").join(", ") });
    else headers.push("Link", `<${policy.publicUrl?.replace(/\/$/, "") ?? ""}${basePathOf(document) || "/"}>; rel="successor-version"`);
  }
  return { answerHeaders: headers, sunsetAtMs: sunset };
}

/** What all paths of a document begin with. */
function basePathOf({ operations }: ApiDocument): string {
  const [first, ...rest] = operations.map((operation) => operation.pathTemplate.split("/"));
  if (first === undefined) return "";
  let length = first.findIndex((segment) => segment.includes("{"));
  if (length === -1) length = first.length - 1;
  for (const segments of rest) while (length > 0 && first.slice(0, length).join("/") !== segments.slice(0, length).join("/")) length -= 1;
  return first.slice(0, length).join("/");
}
