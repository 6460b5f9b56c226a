import type { VersioningPlan } from "../policy/plan.ts";
import { refuse, type Refusal } from "../refusal.ts";
import type { RouteTable, SelectTable } from "./20-route.ts";
import type { JourneyExchange } from "./step.ts";

/** Which API version's table serves a request, where the path does not say it. */
export function compileSelectVersion(versioning: VersioningPlan, tables: ReadonlyMap<string, RouteTable>): SelectTable {
  if (versioning.from === "path") throw new RangeError("the path names the version in the table itself");
  const { from, name, otherwise } = versioning;
  const read = from === "header" ? fieldOf(name) : from === "query" ? queryOf(name) : acceptOf;
  const offered = [...tables.keys()].join(", ");
  const unnamed = refuse("version-unknown", { detail: `no version was named; offered: ${offered}` });
  const unknown = refuse("version-unknown", { detail: `offered: ${offered}` });
  return (exchange) => {
    const version = read(exchange);
    if (typeof version === "object") return version;
    const wanted = version ?? otherwise;
    return wanted === undefined ? unnamed : (tables.get(wanted) ?? unknown);
  };
}

type ReadVersionName = (exchange: JourneyExchange) => string | Refusal | undefined;

const twice = refuse("header-malformed", { detail: "the version was named twice" });

function fieldOf(name: string): ReadVersionName {
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

function queryOf(name: string): ReadVersionName {
  const prefix = `${name}=`;
  return ({ query }) => {
    if (query === "") return undefined;
    const found = query.split("&").filter((part) => part.startsWith(prefix));
    return found.length > 1 ? twice : found[0]?.slice(prefix.length);
  };
}

/** `Accept: application/json; version=v2` */
const acceptOf: ReadVersionName = ({ known: { accept } }) => (accept === undefined || accept.length > 500 ? undefined : /;\s*version="?([A-Za-z0-9._-]{1,32})"?/.exec(accept)?.[1]);
