// What it costs to find out who calls: a token of a shared secret, a session that is remembered, and
// five sources beside one.
import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileCallerOf } from "../packages/guard/src/controls/authentication/claims.ts";
import {
  keptPlaces,
  LearnedCallers,
} from "../packages/guard/src/controls/authentication/learned-callers.ts";
import { openAuthentication } from "../packages/guard/src/controls/authentication/open.ts";
import { RememberedCallers } from "../packages/guard/src/controls/authentication/remembered-callers.ts";
import type { Operation } from "../packages/guard/src/document/api-document.ts";
import { isRefusal } from "../packages/guard/src/facts/refusal.ts";
import {
  allocateSharedLearned,
  SharedLearnedState,
} from "../packages/guard/src/state/shared-learned.ts";
import { WriteVersions } from "../packages/guard/src/state/write-versions.ts";
import { loadPolicy } from "../packages/server/src/policy/load-policy.ts";

const rounds = process.argv.includes("--quick") ? 5000 : 20_000;
const secret = "a-secret-of-thirty-two-bytes-long";
const nowSeconds = Math.floor(Date.now() / 1000);
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const head = encode({ alg: "HS256", typ: "JWT" });

function tokenOf(user: number): string {
  const text = `${head}.${encode({ user_id: user, exp: nowSeconds + 3600, roles: ["member"] })}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

function microseconds(run: (index: number) => void): number {
  for (let index = 0; index < rounds / 5; index += 1) run(index);
  const before = process.cpuUsage();
  for (let index = 0; index < rounds; index += 1) run(index);
  const { system, user } = process.cpuUsage(before);
  return (user + system) / rounds;
}

const directory = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
writeFileSync(
  join(directory, "openapi.yaml"),
  `openapi: 3.0.3
info: { title: t, version: v1 }
paths: { /me: { get: { operationId: getMe, responses: { "200": { description: ok } } } } }
`,
);
const one = "legacy: { jwt: { algorithm: HS256, secret: { env: S } }, claims: { sub: /user_id } }";
const five = `${one}
    people: { issuer: https://a.example, audience: x }
    session: { credential: { cookie: sid }, whoami: { operation: getMe, sub: /id } }
    opaque: { credential: { header: X-Token }, whoami: { operation: getMe, sub: /id } }
    machines: { credential: { header: X-API-Key }, keys: { file: k } }`;

/** Finds and judges the credential of one request after another. */
async function opened(sources: string): Promise<(fields: readonly string[]) => void> {
  const file = join(directory, `policy-${randomBytes(4).toString("hex")}.yaml`);
  writeFileSync(
    file,
    `portcullis: 1
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity:
  sources:
    ${sources}
`,
  );
  const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
  const authentication = openAuthentication(
    plan?.controls.authentication,
    { sourceText: (name) => (name === "legacy" ? secret : "[]") },
    { backendOf: () => () => Promise.reject(new Error("nobody is asked")) },
  );
  const { find } = authentication?.finderFor({ security: [] } as unknown as Operation) ?? {};
  if (find === undefined) throw new Error(JSON.stringify(faults));
  return (fields) => {
    const found = find(fields, "");
    if (found === undefined || isRefusal(found)) throw new Error("no credential was found");
    const said = found.at.taker.verify(found.credential, nowSeconds);
    if (isRefusal(said)) throw new Error(said.problem.code);
  };
}

const usual = "Host api.example Accept */* User-Agent bench Accept-Encoding gzip".split(" ");
const fieldsOf = (token: string): string[] => [...usual, "Authorization", `Bearer ${token}`];
const fresh = Array.from({ length: Math.ceil(rounds * 1.2) + 2 }, (_, user) =>
  fieldsOf(tokenOf(user)),
);
const known = fieldsOf(tokenOf(7));
const withOne = await opened(one);
const withFive = await opened(five);
let at = 0;
const first = microseconds(() => withOne(fresh[at++] as string[]));
const remembered = microseconds(() => withOne(known));
const ofFive = microseconds(() => withFive(known));

const memory = new RememberedCallers({
  rememberMs: 600_000,
  remembersRefusals: true,
  secret: randomBytes(32),
  versions: new WriteVersions(),
});
const nowMs = Date.now();
const sessions = Array.from(
  { length: 1000 },
  () => `api.example\n${randomBytes(24).toString("base64url")}`,
);
for (const session of sessions)
  await memory.find(session, nowMs, () =>
    Promise.resolve({ expiresAtSeconds: Number.POSITIVE_INFINITY } as never),
  );
const session = microseconds((index) => {
  const said = memory.find(sessions[index % 1000] as string, nowMs, () => {
    throw new Error("it was remembered");
  });
  if (said instanceof Promise) throw new Error("it was asked again");
});

const learned = new LearnedCallers({
  source: "app",
  ownClaims: [],
  callerOf: compileCallerOf({
    source: "app",
    separate: true,
    places: keptPlaces,
    takesNames: true,
    elsewhere: false,
  }),
  secret: randomBytes(32),
  state: new SharedLearnedState(allocateSharedLearned(), () => nowSeconds),
});
const signedIn = { subject: "7", expiresAtSeconds: nowSeconds + 3600, roles: ["member"] } as never;
for (const name of sessions) learned.keep(name, signedIn, nowSeconds, () => undefined);
const learning = microseconds((index) => {
  const said = learned.find(sessions[index % 1000] as string);
  if (said instanceof Promise || isRefusal(said)) throw new Error("nobody had signed in");
});

const row = (what: string, took: number, aim?: number): string =>
  `${what.padEnd(44)}${took.toFixed(2).padStart(8)} µs${aim === undefined ? "" : `   aim ${aim} µs`}`;
console.log(row("HS256, the first time", first, 6));
console.log(row("HS256, remembered", remembered, 2));
console.log(row("whoami, introspection or learned, remembered", session, 2));
console.log(row("learned, the first time in a thread", learning));
console.log(row("five sources over one", ofFive - remembered, 1));
