import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { main } from "../../examples/harbour/gate.ts";
import { type Bank, startBank } from "./bank-of-sources.ts";

const from = "{ operation: login, credential: /token, sub: /user/id }";
const sources = `field: { credential: { header: X-Auth-Token }, from: ${from}, forgetOn: [logout] }
cookie: { credential: { cookie: sid }, from: ${from} }
query: { credential: { query: access_token }, from: ${from} }
body: { credential: { body: /session/token }, from: ${from} }`;

let bank: Bank;
before(async () => {
  bank = await startBank(sources, {}, "store: ./kept.db");
});
after(() => bank.close());

let made = 0;
const secretPart = "nobodymayreadthis";
const newToken = (): string => `${secretPart}.${(made += 1)}`;
const json = { "Content-Type": "application/json" };
type Asked = readonly [path: string, headers: Record<string, string>, method: string, body: string];

/** A request that carries a credential at each place where one may sit. */
const places: Readonly<Record<string, (credential: string) => Asked>> = {
  "a header field": (one) => ["/things", { "X-Auth-Token": one }, "GET", ""],
  "a cookie": (one) => ["/things", { Cookie: `a=b; sid=${one}` }, "GET", ""],
  "the query": (one) => [`/things?access_token=${encodeURIComponent(one)}`, {}, "GET", ""],
  "a JSON body": (one) => ["/notes", json, "POST", JSON.stringify({ session: { token: one } })],
  "JSON sent as text": (one) => [
    "/notes",
    { "Content-Type": "text/plain" },
    "POST",
    JSON.stringify({ session: { token: one } }),
  ],
};
/** What may be wrong with one, and the answer's code. */
const wrongs: Readonly<Record<string, (credential: string, at: (one: string) => Asked) => Asked>> =
  {
    unknown: (one, at) => at(one),
    malformed: (one, at) => at(`${one} "`),
    "beside another": (one, at) => {
      const [path, headers, method, body] = at(one);
      const other =
        "x-auth-token" in headers || "X-Auth-Token" in headers
          ? { Cookie: `sid=${one}` }
          : { "X-Auth-Token": one };
      return [path, { ...headers, ...other }, method, body];
    },
    "beside what the document does not know": (one, at) => {
      const [path, headers, method, body] = at(one);
      return [`${path}${path.includes("?") ? "&" : "?"}unknown=${one}`, headers, method, body];
    },
  };

for (const [place, at] of Object.entries(places))
  test(`a credential in ${place} is its caller's, and one that is wrong there is refused`, async () => {
    const token = newToken();
    bank.login.answer = () => ({ status: 200, body: JSON.stringify({ token, user: { id: 5 } }) });
    await bank.ask("/login", json, "POST", "{}");
    bank.login.answer = undefined;
    for (let time = 0; time < 3; time += 1) {
      const { status, told } = await bank.ask(...at(token));
      assert.deepEqual([status, told?.["sub"]], [200, "5"]);
    }
    for (const [wrong, make] of Object.entries(wrongs)) {
      const { status } = await bank.ask(...make(newToken(), at));
      assert.ok(status === 400 || status === 401, `${wrong}: ${status}`);
    }
  });

test("what a body says twice, or in no one reading, is nobody's", async () => {
  const token = newToken();
  bank.login.answer = () => ({ status: 200, body: JSON.stringify({ token, user: { id: 5 } }) });
  await bank.ask("/login", json, "POST", "{}");
  bank.login.answer = undefined;
  for (const body of [
    `{"session":{"token":"${token}","token":"x"}}`,
    `{"session":{"token":"${token}"}`,
    `{"session":{"token":["${token}"]}}`,
    `{"session":{"token":"${token}"},"session":{}}`,
  ])
    assert.equal((await bank.ask("/notes", json, "POST", body)).code, "credential-malformed", body);
  for (const body of [`[{"session":{"token":"${token}"}}]`, `"${token}"`, "{}", ""])
    assert.equal((await bank.ask("/notes", json, "POST", body)).code, "credential-missing", body);
});

test("no credential stands in any record, log, metric, problem, file or explanation", async () => {
  const answers: string[] = [];
  const explained: string[] = [];
  const config = ["--config", join(bank.directory, "portcullis.yaml")];
  for (const at of Object.values(places))
    for (const [wrong, make] of Object.entries(wrongs)) {
      const [path, headers, method, body] = make(newToken(), at);
      answers.push((await bank.ask(path, headers, method, body)).text);
      if (wrong !== "unknown" && wrong !== "malformed") continue;
      const { stderr, stdout } = spawnSync(
        process.execPath,
        [
          "--conditions=@portcullis/source",
          main,
          "explain",
          `${method} ${path}`,
          ...Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
          ...(body === "" ? [] : ["--body", body]),
          "--json",
          ...config,
        ],
        { encoding: "utf8" },
      );
      // The request that is explained is named with its path, as it was typed.
      explained.push(`${stdout}${stderr}`);
    }
  const end = Date.now() + 20_000;
  while ((await bank.records()).split("credential-malformed").length < 3 && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const sinks: Readonly<Record<string, string>> = {
    records: await bank.records(),
    metrics: await bank.admin("/metrics"),
    "owner evidence": await bank.admin("/evidence"),
    "the standard error": bank.gate.said(),
    answers: answers.join("\n"),
    explanations: explained.join("\n"),
    files: filesBelow(bank.directory)
      .map((file) => readFileSync(file, "latin1"))
      .join("\n"),
  };
  for (const [sink, text] of Object.entries(sinks)) {
    assert.ok(text.length > 0, `${sink} is empty`);
    const at = text.indexOf(secretPart);
    assert.equal(at, -1, `${sink}: ${text.slice(Math.max(0, at - 200), at + 60)}`);
  }
});

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
