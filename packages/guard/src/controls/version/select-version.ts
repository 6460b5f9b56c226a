import { headerProblems } from "../../facts/header-fields.ts";
import type { Known } from "../../facts/facts.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import type { Check } from "../check.ts";
import type { VersionPlan } from "./plan.ts";
import { problems } from "./problems.ts";

type ReadVersion = (known: Known<"fields" | "query">) => string | Refusal | undefined;

/** Which API version a request asks for, where the path does not say it. */
export function compileSelectVersion({
  offered,
  versioning,
}: VersionPlan): Check<"fields" | "query", "version"> {
  if (versioning.from === "path")
    return (known) => {
      known.version = "";
      return undefined;
    };
  const { from, name, otherwise } = versioning;
  const names = new Set(offered);
  const read =
    from === "header" ? fieldOf(name) : from === "query" ? queryOf(name) : acceptOf(names);
  const list = offered.join(", ");
  const unnamed = refuse(problems["version-unknown"], {
    detail: `no version was named; offered: ${list}`,
  });
  const unknown = refuse(problems["version-unknown"], { detail: `offered: ${list}` });
  return (known) => {
    const named = read(known);
    if (typeof named === "object" && isRefusal(named)) return named;
    const wanted = named ?? otherwise;
    if (wanted === undefined) return unnamed;
    if (!names.has(wanted)) return unknown;
    known.version = wanted;
    return undefined;
  };
}

const twice = refuse(headerProblems["header-malformed"], {
  detail: "the version was named twice",
});

const tooLong = refuse(headerProblems["header-malformed"], {
  detail: "Accept is too long to be read",
});

function fieldOf(name: string): ReadVersion {
  return ({ arrival: { rawHeaders } }) => {
    let found: string | undefined;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      if ((rawHeaders[index] as string).toLowerCase() !== name) continue;
      if (found !== undefined) return twice;
      found = (rawHeaders[index + 1] as string).trim();
    }
    return found;
  };
}

function queryOf(name: string): ReadVersion {
  const prefix = `${name}=`;
  return ({ query }) => {
    if (query === "") return undefined;
    const found = query.split("&").filter((part) => part.startsWith(prefix));
    return found.length > 1 ? twice : found[0]?.slice(prefix.length);
  };
}

/** Longer than any app or browser sends. */
const mostAcceptBytes = 2000;
const versionParameter = /;\s*version\s*=\s*(?:"([^"]*)"|([^;,\s"]*))/gi;
/** `application/vnd.harbour.v2+json`: the last part of a vendor's type, where it is a version. */
const vendorType = /\bapplication\/vnd\.[\w.-]*\.([\w-]{1,32})(?:\+[a-z]+)?(?=\s*(?:[;,]|$))/gi;

/**
 * `Accept: application/json; version=v2`, or `application/vnd.harbour.v2+json`. Types that name
 * different versions have several readings, whatever their weights.
 */
function acceptOf(offered: ReadonlySet<string>): ReadVersion {
  const isVersion = (name: string): boolean => offered.has(name) || /^v?\d/.test(name);
  return ({ fields: { accept } }) => {
    if (accept === undefined) return undefined;
    if (accept.length > mostAcceptBytes) return tooLong;
    const named = new Set([
      ...[...accept.matchAll(versionParameter)].map(([, quoted, plain]) => quoted ?? plain ?? ""),
      ...[...accept.matchAll(vendorType)].map(([, last = ""]) => last).filter(isVersion),
    ]);
    if (named.size > 1) return twice;
    const [version] = named;
    return version;
  };
}
