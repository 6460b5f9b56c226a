import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { createGate } from "@portcullis/guard";
import { allocateSharedBuckets, SharedMemoryState } from "@portcullis/guard/state";
import { KeyRing } from "@portcullis/guard/tokens";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";

const issuer = "https://id.bank.example";
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = Math.floor(Date.now() / 1000);
const claims = { iss: issuer, aud: "bank", sub: "me", iat: now, exp: now + 3600, client_id: "app" };
const said = `${encode({ alg: "ES256", typ: "at+jwt", kid: "k" })}.${encode(claims)}`;
const signed = sign("sha256", Buffer.from(said), { key: privateKey, dsaEncoding: "ieee-p1363" });
const token = `${said}.${signed.toString("base64url")}`;

const document = `openapi: 3.1.0
info: { title: Bank, version: v1 }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /accounts/{id}:
    get:
      operationId: getAccount
      security: [{ token: [] }]
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { "200": { description: ok, content: { application/json: { schema: { type: object } } } } }
`;

const directory = mkdtempSync(join(tmpdir(), "portcullis-owner-"));
writeFileSync(join(directory, "openapi.yaml"), document);

/** @param modes of what would read the whole answer */
async function gateWith(modes: string) {
  const file = join(directory, `${modes}.yaml`);
  writeFileSync(
    file,
    `portcullis: 1
mode: { default: enforce, response: ${modes}, disclosure: ${modes} }
apis: [{ openapi: ./openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: "${issuer}", audience: bank }
operations:
  - match: getAccount
    owner: { response: /holder/customerId, is: token.sub, when: { response: /state, equals: open } }
`,
  );
  const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
  if (plan === undefined) throw new Error(faults.map(({ message }) => message).join("\n"));
  const state = new SharedMemoryState(allocateSharedBuckets(1024, [1, 2]));
  let body = Buffer.from("");
  const gate = createGate({
    plan,
    ports: {
      upstream: () => ({
        forward(_request, receiver) {
          receiver.onHead(200, ["Content-Type", "application/json"]);
          receiver.onData(body);
          receiver.onEnd([]);
          return { resume: () => undefined, abort: () => undefined };
        },
      }),
      limits: state,
      localLimits: state,
      keys: new KeyRing({
        keys: [Object.assign(publicKey.export({ format: "jwk" }), { kid: "k" })],
      }),
      record: () => undefined,
    },
  });
  return (text: string): Promise<readonly [number, string]> => {
    body = Buffer.from(text, "latin1");
    return new Promise((resolve) => {
      gate.handle(
        {
          method: "GET",
          target: "/accounts/a-1",
          rawHeaders: ["Host", "bank.example", "Authorization", `Bearer ${token}`],
          httpVersion: "1.1",
          peerAddress: "192.0.2.1",
          encrypted: true,
          endsWithHead: false,
          body: Readable.from([]),
        },
        {
          headersSent: false,
          writableEnded: true,
          writeHead: () => undefined,
          writeWhole: (status, _headers, sent) =>
            resolve([status, typeof sent === "string" ? sent : (sent?.toString("latin1") ?? "")]),
          write: () => true,
          end: () => undefined,
          once: () => undefined,
          destroy: () => undefined,
        },
      );
    });
  };
}

const mine = '"holder": {"customerId": "me"}, "state": "open"';
const texts: Readonly<Record<string, readonly [text: string, status: number]>> = {
  "the caller's own": [`{ ${mine}, "amount": 12345678901234567890.00 }`, 200],
  "the caller's own, with escapes": [
    '{"h\\u006flder":{"customerId":"m\\u0065"},"state":"open"}',
    200,
  ],
  "the caller's own, behind a list": [`{"all":[{"holder":{"customerId":"you"}}],${mine}}`, 200],
  "another's": ['{"holder":{"customerId":"you"},"state":"open"}', 404],
  "in another state": ['{"holder":{"customerId":"me"},"state":"closed"}', 404],
  "named twice, the last another's": [`{${mine},"holder":{"customerId":"you"}}`, 404],
  "named in a list": ['{"holder":[{"customerId":"me"}],"state":"open"}', 404],
  "nobody's": ['{"state":"open"}', 404],
  "no object": ['"me"', 404],
  "no JSON": [`{${mine}`, 404],
  "JSON and more": [`{${mine}} x`, 404],
};

test("whose an answer is makes no difference by whether the rest of it is looked at", async () => {
  const [alone, whole] = [await gateWith("off"), await gateWith("observe")];
  for (const [what, [text, status]] of Object.entries(texts)) {
    const [one, other] = [await alone(text), await whole(text)];
    assert.equal(one[0], status, what);
    assert.equal(other[0], status, what);
    // Unchanged, in the bytes that came.
    if (status === 200) assert.equal(one[1], text, what);
  }
});
