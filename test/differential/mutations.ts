import { bodyMutations } from "./body-mutations.ts";
import { headMutations } from "./head-mutations.ts";
import { escaped, randomly, swapCase } from "./spelling.ts";
import type { Random } from "./random.ts";
import type { RawRequest } from "./raw-request.ts";

/** What an attacker, or a careless client, does to a request. By name, so that a fault has one. */
export type Mutate = (request: RawRequest, random: Random) => void;

/** Changes one segment; the last one mostly, for parameters stand there. */
const inSegment =
  (change: (segment: string, random: Random) => string): Mutate =>
  ({ path }, random) => {
    const at = random.chance(4) ? random.below(path.length) : path.length - 1;
    path[at] = change(path[at] ?? "", random);
  };

/** Another spelling of a literal that stands beside a parameter. */
const sibling =
  (...spellings: readonly string[]): Mutate =>
  (request, random) => {
    if (request.path[0] === "files") request.path[1] = random.pick(["Archive", "ARCHIVE"]);
    else if (request.path[0] === "users") request.path.splice(1, 9, random.pick(spellings));
  };

const pathMutations: Readonly<Record<string, Mutate>> = {
  "sibling in another case": sibling("EXPORT", "Export", "eXport", "expor%54", "@ME", "SEARCH"),
  "sibling with a suffix": sibling(
    "export.json",
    "export.",
    "search.html",
    "export.a.b",
    "@me.xml",
  ),
  "sibling with matrix parameters": sibling("export;x=1", "export%3Bx=1", "export%3B", "@me;a"),
  "sibling with escapes": sibling(
    "%65xport",
    "%40me",
    "expor%74",
    "%2540me",
    "export%00",
    "%2e%65",
  ),
  "sibling with blanks": sibling("export%20", "%20export", "export+", "export%09", "export%0a"),
  "sibling in Unicode": sibling("%EF%BD%85xport", "%C5%BFearch", "@%EF%BC%ADe", "expor%CA%88"),
  "sibling by another method": (request) => {
    if (request.path[0] !== "users") return;
    request.path.splice(1, 9, request.method === "GET" ? "search" : "export");
  },
  "letter case of the path": inSegment((segment, random) => randomly(segment, random, swapCase)),
  "escapes in the path": inSegment((segment, random) => randomly(segment, random, escaped)),
  "escapes of escapes": inSegment((segment, random) =>
    randomly(segment, random, (one) => escaped(one).replace("%", "%25")),
  ),
  "reserved characters in the path": inSegment(
    (segment, random) =>
      segment +
      random.pick([
        "%2F",
        "%5C",
        "\\",
        ":",
        "%3A",
        "@",
        "%40",
        "!",
        "%21",
        "*",
        "%2A",
        "'",
        "$",
        "%24",
        "&",
        "%26",
        "=",
        "%3D",
        ",",
        "%2C",
        "%23",
        "%3F",
        "~",
        "%7E",
        "|",
        "%7C",
        "%2B",
        "+",
      ]),
  ),
  suffix: inSegment(
    (segment, random) => `${segment}${random.pick([".json", ".", ".xml", "..", ".php"])}`,
  ),
  "matrix parameters": inSegment(
    (segment, random) => `${segment}${random.pick([";x=1", "%3Bx", ";", ";id=9"])}`,
  ),
  "dot segments": ({ path }, random) =>
    void path.splice(
      random.below(path.length + 1),
      0,
      random.pick([".", "..", "%2e", "%2e%2e", ".%2e"]),
    ),
  "empty segments": ({ path }, random) => void path.splice(random.below(path.length + 1), 0, ""),
  "trailing slash": ({ path }) => void path.push(""),
  "control characters in the path": inSegment(
    (segment, random) => segment + random.pick(["%00", "%0a", "%0d%0a", "%7f", "%C2%85"]),
  ),
  "broken UTF-8 in the path": inSegment(
    (segment, random) =>
      segment + random.pick(["%ff", "%c0%af", "%ed%a0%80", "%E4", "%u0041", "%", "%zz"]),
  ),
  "Unicode forms in the path": inSegment(
    (segment, random) =>
      segment + random.pick(["e%CC%81", "%C3%A9", "%EF%BC%8F", "%E2%84%AA", "%C4%B0"]),
  ),
};

export const mutations: Readonly<Record<string, Mutate>> = {
  ...pathMutations,
  ...headMutations,
  ...bodyMutations,
};
const names = Object.keys(mutations);
const namesOfBody = Object.keys(bodyMutations);

/** Most mutations are for some requests only: others are tried in their place. */
const tries = 24;

/** Does one to three things to a request. */
export function mutate(request: RawRequest, random: Random): void {
  const wanted = 1 + random.below(3);
  for (let count = 0; count < tries && request.families.length < wanted; count += 1) {
    const name = random.pick(request.body !== undefined && random.chance(2) ? namesOfBody : names);
    const before = JSON.stringify(request);
    mutations[name]?.(request, random);
    if (JSON.stringify(request) !== before) request.families.push(name);
  }
}
