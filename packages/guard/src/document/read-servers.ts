import { child, type DocumentSet, isRecord, type Located } from "./references.ts";

/** More paths than this are a fault of the document rather than a wish of its author. */
const mostBases = 16;

/**
 * The paths of the servers, which apps put before every template: each that differs. Undefined where
 * nothing is said of servers here.
 */
export function readBases(servers: Located, set: DocumentSet): readonly string[] | undefined {
  if (!Array.isArray(servers.value) || servers.value.length === 0) return undefined;
  const bases = new Set(
    servers.value.flatMap((_, index) => baseOf(child(servers, String(index)), set) ?? []),
  );
  if (bases.size <= mostBases) return bases.size === 0 ? [""] : [...bases];
  set.tolerate(servers, `the servers have ${bases.size} different paths`, {
    expected: `at most ${mostBases}; the others are not served`,
  });
  return [...bases].slice(0, mostBases);
}

function baseOf(at: Located, set: DocumentSet): string | undefined {
  const url = isRecord(at.value) && typeof at.value["url"] === "string" ? at.value["url"] : "/";
  const variables = child(at, "variables").value;
  const filled = url.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => {
    const variable = isRecord(variables) ? variables[name] : undefined;
    const usual = isRecord(variable) ? variable["default"] : undefined;
    return typeof usual === "string" || typeof usual === "number" ? String(usual) : "";
  });
  const parsed = URL.parse(filled, "http://base.invalid");
  if (parsed !== null) return parsed.pathname.replace(/\/+$/, "");
  // A host that only a variable would name says nothing of the path behind it.
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/]*(\/[^?#]*)?/i.exec(filled);
  if (path !== null) return (path[1] ?? "").replace(/\/+$/, "");
  set.tolerate(child(at, "url"), `'${url}' is not a URL`, {
    expected: "an address such as https://api.example.com/v1, or a path such as /v1",
  });
  return undefined;
}
