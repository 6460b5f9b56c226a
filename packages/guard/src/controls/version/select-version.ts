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
  const read = from === "header" ? fieldOf(name) : from === "query" ? queryOf(name) : acceptOf;
  const names = new Set(offered);
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

/** `Accept: application/json; version=v2` */
const acceptOf: ReadVersion = ({ fields: { accept } }) =>
  accept === undefined || accept.length > 500
    ? undefined
    : /;\s*version="?([A-Za-z0-9._-]{1,32})"?/.exec(accept)?.[1];
