// What object-level authorization adds: sealing and opening an id, and judging the owner named in
// an answer of one kilobyte.
import { createCipheriv, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import { checkOwnerInAnswer } from "../packages/guard/src/controls/ownership/owner-in-answer.ts";
import { compileAnswerTest } from "../packages/guard/src/controls/ownership/answer-test.ts";
import { IdSealer } from "@portcullis/guard/ownership";

const rounds = process.argv.includes("--quick") ? 5000 : 20_000;

function microseconds(run: (index: number) => void): number {
  for (let index = 0; index < rounds / 5; index += 1) run(index);
  const before = process.cpuUsage();
  for (let index = 0; index < rounds; index += 1) run(index);
  const { system, user } = process.cpuUsage(before);
  return (user + system) / rounds;
}

const sealer = new IdSealer([randomBytes(32)]);
const handles = Array.from({ length: 1000 }, (_, index) =>
  sealer.seal("account", "c-1001", `a-${index}`),
);
const answer = Buffer.from(
  JSON.stringify({
    customerId: "c-1001",
    items: Array.from({ length: 12 }, (_, index) => ({
      id: `p-${index}`,
      customerId: "c-1001",
      amount: index * 100,
      reference: "Groceries and more",
    })),
  }),
);

// Four ways to own, of which only the last holds: a relation as it is judged on a parsed answer.
const ways = (
  [
    [["customerId"], { is: "token.org" }, false],
    [["items", "*", "customerId"], { is: "token.org" }, true],
    [["customerId"], { in: "token.teams" }, false],
    [["items", "*", "customerId"], { is: "token.sub" }, true],
  ] as const
).map(([pointer, match, some]) =>
  compileAnswerTest(
    {
      owner: { pointer, match, some },
      states: [
        { pointer: ["deletedAt"], expects: { present: true }, kind: "except", exceptRoles: [] },
      ],
    },
    { grants: undefined, objectsOf: () => [] },
  ),
);
const caller = {
  subject: "c-1001",
  source: "issuer",
  key: "c-1001",
  roles: [],
  claims: { org: "o-7", teams: ["t-1", "t-2", "t-3"] },
};
const asked = { pathParameters: ["a-1"], query: "", receivedAtMs: 0 } as unknown as Parameters<
  (typeof ways)[number]
>[2];
const relate = (parsed: unknown): void =>
  void ways.some((judge) => judge(parsed, caller, asked) === undefined);
const parsedAnswer: unknown = JSON.parse(answer.toString());

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const signed = randomBytes(300);
const signature = sign("sha256", signed, { key: privateKey, dsaEncoding: "ieee-p1363" });
const peerKey = randomBytes(32);
const context = Buffer.from("7:account6:c-1001");

/**
 * The least that node:crypto can be asked for: AES-GCM under a random nonce, which an app could not
 * compare.
 */
function peerSeal(index: number): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", peerKey, nonce);
  cipher.setAAD(context);
  return Buffer.concat([
    nonce,
    cipher.update(`a-${index}`, "utf8"),
    cipher.final(),
    cipher.getAuthTag(),
  ]).toString("base64url");
}

// Interleaved, and the least of several turns: what else the machine does only adds.
const turns = 5;
const measured = [
  [
    "one ES256 verification, for comparison",
    undefined,
    () => void verify("sha256", signed, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature),
  ],
  [
    "AES-256-GCM of an id by node:crypto, for comparison",
    undefined,
    (index: number) => void peerSeal(index),
  ],
  [
    "seal an id for the first time",
    6,
    (index: number) => void sealer.seal("account", "c-1001", `b-${fresh + index}`),
  ],
  [
    "seal an id again",
    6,
    (index: number) => void sealer.seal("account", "c-1001", `a-${index % 1000}`),
  ],
  [
    "open an id again",
    6,
    (index: number) => void sealer.open("account", "c-1001", handles[index % 1000] as string),
  ],
  [
    `owner of an answer of ${answer.length} bytes, parsed`,
    5,
    () =>
      void checkOwnerInAnswer(JSON.parse(answer.toString()) as unknown, ["customerId"], "c-1001"),
  ],
  [
    "owner of each of its 12 elements, parsed",
    5,
    () =>
      void checkOwnerInAnswer(
        JSON.parse(answer.toString()) as unknown,
        ["items", "*", "customerId"],
        "c-1001",
      ),
  ],
  ["a relation of four clauses, on the parsed answer", 4, () => relate(parsedAnswer)],
  [
    "a relation of four clauses, with the parsing",
    undefined,
    () => relate(JSON.parse(answer.toString())),
  ],
] as const;
let fresh = 0;
const least = measured.map(() => Number.POSITIVE_INFINITY);
for (let turn = 0; turn < turns; turn += 1) {
  for (const [at, [, , run]] of measured.entries())
    least[at] = Math.min(least[at] as number, microseconds(run));
  fresh += 10 * rounds;
}
const [verification = 1] = least;
for (const [at, [what, aim]] of measured.entries())
  console.log(
    `${what.padEnd(54)}${(least[at] as number).toFixed(1).padStart(6)} µs CPU  ${((least[at] as number) / verification).toFixed(3)} of a verification${aim === undefined ? "" : `  (aim: at most ${aim} µs)`}`,
  );
