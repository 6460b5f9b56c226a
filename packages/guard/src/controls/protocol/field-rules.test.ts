import assert from "node:assert/strict";
import { test } from "node:test";
import { believedNames, isBelieved, isOfOneConnection } from "./field-namespaces.ts";
import { type FieldVerdict, RequestFieldRules } from "./field-rules.ts";
import { headerActions } from "./header-actions.ts";

type Kind = FieldVerdict["kind"];

const spelled = (name: string): readonly string[] => [
  name.toUpperCase(),
  name.replaceAll("-", "_"),
  name.replaceAll("-", "."),
  name.replaceAll("-", " "),
  name.replace("-", "~"),
];

test("what programs believe is dropped in every spelling, and whatever its family grows", () => {
  const rules = new RequestFieldRules([], []);
  for (const beginning of believedNames) {
    const name = beginning.endsWith("-") ? `${beginning}of-tomorrow` : beginning;
    if (headerActions.has(name)) continue;
    for (const spelling of [name, ...spelled(name)])
      assert.equal(rules.of(spelling).kind, "drop", spelling);
  }
});

test("no field is of two tables", () => {
  for (const name of headerActions.keys())
    assert.ok(
      name.startsWith("x-forwarded-") ||
        name === "connection" ||
        !(isBelieved(name) || isOfOneConnection(name)),
      name,
    );
});

/** By what rules read, and what a proxy may say: what becomes of a name. */
const cases: readonly {
  readonly read?: readonly string[];
  readonly accepted?: readonly string[];
  readonly verdicts: Readonly<Record<string, Kind>>;
}[] = [
  {
    verdicts: {
      ":path": "drop",
      "X-Theme": "pass",
      X_Theme: "odd",
      "X.Theme": "odd",
      Authorization: "read",
      "Content-Type": "read",
      Content_Type: "misspelt",
      "If_None-Match": "misspelt",
      "Portcullis-App": "read",
      Portcullis_App: "forged",
      "Portcullis-Identity": "drop",
      "Portcullis.Identity": "forged",
      "X-Forwarded-For": "read",
      X_Forwarded_For: "drop",
      "X-Forwarded-Prefix": "drop",
    },
  },
  {
    read: ["X-API-Version", "X_Token", "X-Amzn-Oidc-Data"],
    verdicts: {
      "x-api-version": "pass",
      X_API_Version: "misspelt",
      x_token: "pass",
      "X-Token": "misspelt",
      // The gate verifies this token itself.
      "X-Amzn-Oidc-Data": "pass",
      X_Amzn_Oidc_Data: "drop",
      "X-Amzn-Oidc-Identity": "drop",
    },
  },
  {
    accepted: ["X-Auth-Request-User"],
    verdicts: {
      "x-auth-request-user": "read",
      X_Auth_Request_User: "misspelt",
      "X-Auth-Request-Email": "drop",
    },
  },
];

test("a name has one verdict, by what reads it", () => {
  for (const { accepted = [], read = [], verdicts } of cases) {
    const rules = new RequestFieldRules(read, accepted);
    for (const [name, kind] of Object.entries(verdicts))
      for (let time = 0; time < 2; time += 1) assert.equal(rules.of(name).kind, kind, name);
  }
});

test("names that callers invent do not fill the memory, and are judged all the same", () => {
  const rules = new RequestFieldRules([], []);
  for (let count = 0; count < 3000; count += 1)
    assert.equal(rules.of(`X-Invented-${count}`).kind, "pass");
  assert.equal(rules.of("Remote_User").kind, "drop");
  assert.equal(rules.of(`Remote-${"a".repeat(5000)}`).kind, "drop");
});
