import type { Mutate } from "./mutations.ts";
import type { Random } from "./random.ts";
import { escaped, randomly } from "./spelling.ts";

const inPair =
  (change: (name: string, value: string, random: Random) => string | readonly string[]): Mutate =>
  ({ query }, random) => {
    if (query.length === 0) return;
    const at = random.below(query.length);
    const [name = "", ...value] = (query[at] ?? "").split("=");
    const changed = change(name, value.join("="), random);
    query.splice(at, 1, ...(typeof changed === "string" ? [changed] : changed));
  };

const setPair =
  (name: string, ...values: readonly string[]): Mutate =>
  ({ query }, random) => {
    const at = query.findIndex((pair) => pair.startsWith(`${name}=`));
    const pair = `${name}=${random.pick(values)}`;
    if (at === -1) query.push(pair);
    else query[at] = pair;
  };

const addField =
  (...fields: readonly (readonly [string, string])[]): Mutate =>
  (request, random) => {
    const [name, value] = random.pick(fields);
    if (random.chance(2)) request.fields.push([name, value]);
    else request.fields.unshift([name, value]);
  };

const integers =
  "1e2 1E2 1.0 07 +7 -0 00 0x10 1_000 7.00000000000000000001 9007199254740993 1e400 %207 7%20 7%0a 1,000 ٣".split(
    " ",
  );

/** What is done to methods, queries and header fields. */
export const headMutations: Readonly<Record<string, Mutate>> = {
  "method by query": ({ method, query }, random) => {
    if (method !== "GET" || random.chance(3))
      query.push(
        random.pick([
          "_method=DELETE",
          "_method=delete",
          "%5fmethod=PUT",
          ".method=PUT",
          "_method[]=PUT",
          "[method=PUT",
          "_METHOD=DELETE",
          "_method=%44ELETE",
        ]),
      );
  },
  "method by field": addField(
    ["X-HTTP-Method-Override", "DELETE"],
    ["X_HTTP_Method_Override", "DELETE"],
    ["X-HTTP-METHOD-OVERRIDE", "PUT"],
    ["X-Method-Override", "DELETE"],
    ["X-HTTP-Method", "DELETE"],
  ),
  "another method": (request, random) => {
    if (request.body === undefined)
      request.method = random.pick(["HEAD", "get", "Get", "OPTIONS", "TRACE"]);
  },
  "name twice in the query": inPair((name, value, random) => [
    `${name}=${value}`,
    `${name}=${random.pick(["other", value, ""])}`,
  ]),
  "brackets in the query": inPair(
    (name, value, random) => `${name}${random.pick(["[]", "[0]", "[a]", "%5B%5D", "["])}=${value}`,
  ),
  "name beside in the query": inPair((name, value, random) => [
    `${name}=${value}`,
    `${random.pick([`${name}[]`, name.toUpperCase(), `${name}%00`, `+${name}`, `${name}.`, `%20${name}`])}=other`,
  ]),
  "case of names in the query": inPair((name, value) => `${name.toUpperCase()}=${value}`),
  "escaped names in the query": inPair(
    (name, value, random) => `${randomly(name, random, escaped)}=${value}`,
  ),
  "semicolons in the query": inPair((name, value) => `${name}=${value};${name}=other`),
  "odd values in the query": inPair(
    (name, value, random) =>
      `${name}${random.pick(["", "=", "==", `=${value}=`, `=${value}%00`, `=%ff`, `=${value}+`, `=%20${value}`, `=%u0041`, `=%`, "=%c0%80"])}`,
  ),
  "odd divisions of the query": ({ query }, random) =>
    void query.splice(
      random.below(query.length + 1),
      0,
      random.pick(["", "&", "=", "=x", "?q=1", "q"]),
    ),
  "blanks in the query": setPair("q", "a+b", "a%20b", "a%2Bb", "+", "%20a%20", "a%0Ab", "a%C2%A0b"),
  "numbers in the query": setPair("page", ...integers),
  "fractions in the query": setPair(
    "ratio",
    ...integers,
    ".5",
    "5.",
    "1.5e1",
    "0.1",
    "1.10",
    "Infinity",
    "NaN",
  ),
  "truth in the query": setPair(
    "active",
    "false",
    "TRUE",
    "True",
    "1",
    "0",
    "yes",
    "on",
    "",
    "null",
  ),
  "lists in the query": setPair("tag", "a,b", "a%2Cb", "a|b", "[a]", "", "a%20b"),
  "spellings of the header": addField(
    ["X_Tenant", "red"],
    ["x-tenant", "red"],
    ["X.Tenant", "red"],
    ["X-TENANT", "red"],
    ["X-Tenant_", "red"],
    ["X-Tenant", "red,blue"],
    ["X-Tenant", " red\t"],
    ["Connection", "X-Tenant"],
  ),
  cookies: addField(
    ["Cookie", "theme=light"],
    ["Cookie", "theme=dark; theme=light"],
    ["Cookie", 'theme="dark"'],
    ["Cookie", "theme=dark%20blue"],
    ["Cookie", "Theme=light"],
    ["Cookie", "theme =light"],
    ["Cookie", "theme"],
    ["Cookie", "a=1,theme=light"],
    ["Cookie", '$Version=1; theme="a\\"b"'],
    ["Cookie", 'a="; theme=light; b="'],
    ["Cookie", "theme=a=b"],
    ["Cookie", "theme[]=light"],
  ),
  "fields of proxies": addField(
    ["X-Original-URL", "/users/export"],
    ["X-Rewrite-URL", "/users/export"],
    ["X-Forwarded-Prefix", "/users"],
    ["X-Forwarded-Uri", "/users/export"],
    ["Content-Location", "/users/export"],
    ["Forwarded", "for=1.2.3.4"],
    ["X-Forwarded-Method", "DELETE"],
    ["X-Original-Method", "DELETE"],
  ),
};
