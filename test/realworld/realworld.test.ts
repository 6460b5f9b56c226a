import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, fetch } from "undici";
import { startGate } from "../../examples/harbour/gate.ts";
import { test } from "../parts/test.ts";
import { type Ran, runCollection, type Sent } from "./collection.ts";
import { type Conduit, startConduit } from "./conduit.ts";

interface Tried {
  readonly ran: readonly Ran[];
  readonly withBody: Conduit["withBody"];
  /** `operation code mode` of what the records say was decided. */
  readonly decided: readonly string[];
}

interface Line {
  readonly operation: string;
  readonly decisions: readonly { readonly code: string; readonly mode: string }[];
}

const observing = (request: string): string => `{ default: observe, request: ${request} }`;

/** The published collection, through a gate as its users start it, with these modes and rules. */
async function tryCollection(
  suites: string,
  mode: string,
  operations = "",
  change: (sent: Sent) => Sent = (sent) => sent,
): Promise<Tried> {
  const conduit = await startConduit();
  const directory = mkdtempSync(join(tmpdir(), "portcullis-realworld-"));
  const file = join(directory, "portcullis.yaml");
  writeFileSync(
    file,
    `portcullis: 1
mode: ${mode}
listen: { port: 0, threads: 1 }
admin: { port: 0 }
apis: [{ openapi: ${join(suites, "realworld", "openapi.yml")}, upstream: ${conduit.upstream} }]
${operations}
`,
  );
  const gate = await startGate(["--config", file], join(directory, "state"));
  const dispatcher = new Agent({ connect: { ca: gate.ca } });
  try {
    const origin = `https://localhost:${gate.port}`;
    const ran = await runCollection(
      join(suites, "realworld", "Conduit.postman_collection.json"),
      {
        APIURL: `${origin}/api`,
        EMAIL: "ann@example.com",
        PASSWORD: "correct horse",
        USERNAME: "ann",
      },
      async (sent) => {
        const { body, headers, method, url } = change(sent);
        const got = await fetch(url, { method, headers, body: body ?? null, dispatcher });
        return { status: got.status, text: await got.text() };
      },
    );
    const token = readFileSync(gate.adminTokenFile, "utf8").trim();
    const lines = await recordsOf(gate.adminPort, token, ran.length);
    const decided = lines.flatMap(({ decisions, operation }) =>
      decisions.map((one) => `${operation} ${one.code} ${one.mode}`),
    );
    return { ran, withBody: conduit.withBody, decided };
  } finally {
    gate.process.kill("SIGKILL");
    conduit.close();
    await dispatcher.close();
  }
}

/** Records are handed over in batches: asked for until all are there. */
async function recordsOf(port: number, token: string, count: number): Promise<readonly Line[]> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/records?most=100`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    const { items: lines } = (await answer.json()) as { items: readonly Line[] };
    if (lines.length >= count) return lines;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const broken = (ran: readonly Ran[]): string[] =>
  ran.flatMap(({ broken: tests, what }) => tests.map((name) => `${what}: ${name}`));
const held = (ran: readonly Ran[]): number =>
  ran.reduce((sum, { held: tests }) => sum + tests.length, 0);

const follow = "POST /profiles/celeb_{{USERNAME}}/follow";
const ofRequests = (decided: readonly string[]): string[] =>
  decided.filter((one) => / (request|body)-/.test(one));

/** The backend's own tokens name who calls; readers are anybody, and authors change what is theirs. */
const rules = `store: ./portcullis.db
identity:
  sources:
    people:
      credential: { scheme: Token }
      from: { operation: [CreateUser, Login], credential: /user/token, sub: /user/username }
operations:
  - { match: [CreateUser, Login, GetTags, GetArticles, GetArticle, GetProfileByUsername, GetArticleComments], allow: anyone }
  - { match: FollowUserByUsername, undeclaredBody: drop }
  - { match: GetCurrentUser, owner: { response: /user/username, is: people.sub } }
  - { match: [UpdateArticle, DeleteArticle], owner: { lookup: GetArticle, response: /article/author/username, is: people.sub } }
  - { match: DeleteArticleComment, owner: { lookup: GetArticleComments, find: { items: /comments, by: /id, id: id }, response: /author/username, is: people.sub } }`;

test("RealWorld's collection passes whole where everything is enforced, and its one body that no document declares is not passed on", {
  needs: ["suites"],
}, async ({ suites }) => {
  const { decided, ran, withBody } = await tryCollection(suites, "enforce", rules);
  assert.deepEqual(broken(ran), []);
  assert.equal(ran.length, 32);
  assert.equal(held(ran), 359);
  assert.deepEqual(ofRequests(decided), ["FollowUserByUsername body-undeclared enforce"]);
  assert.deepEqual(
    withBody.filter((one) => one.includes("follow")),
    [],
  );
});

test("without that line the request with such a body is refused, and no other", {
  needs: ["suites"],
}, async ({ suites }) => {
  const { decided, ran } = await tryCollection(suites, observing("enforce"));
  assert.deepEqual(
    ran.filter(({ status }) => status >= 400).map(({ status, what }) => `${status} ${what}`),
    [`400 ${follow}`],
  );
  assert.deepEqual(ofRequests(decided), ["FollowUserByUsername request-invalid enforce"]);
});

test("where requests are observed, every body reaches the backend as it was sent", {
  needs: ["suites"],
}, async ({ suites }) => {
  const { decided, ran, withBody } = await tryCollection(suites, observing("observe"));
  assert.deepEqual(broken(ran), []);
  assert.deepEqual(ofRequests(decided), ["FollowUserByUsername request-invalid observe"]);
  assert.ok(withBody.some((one) => one.includes("follow")));
});

test("a body that says nothing is not passed on where requests are enforced, and refuses nobody", {
  needs: ["suites"],
}, async ({ suites }) => {
  for (const habit of ["{}", " { }\r\n", "  "]) {
    const { ran, withBody } = await tryCollection(suites, observing("enforce"), "", (sent) => ({
      ...sent,
      body:
        (sent.body === undefined && sent.method !== "GET") || sent.url.includes("follow")
          ? sent.method === "GET"
            ? undefined
            : habit
          : sent.body,
    }));
    assert.deepEqual(broken(ran), [], JSON.stringify(habit));
    assert.deepEqual(
      withBody.filter((one) => /follow|favorite|^DELETE/.test(one)),
      [],
    );
  }
});
