import assert from "node:assert/strict";
import { test } from "node:test";
import { type Random, seeded } from "../differential/random.ts";
import { corpus } from "./corpus.ts";
import { readByGrammar } from "./grammar.ts";
import type { RawAnswer } from "./raw-answer.ts";
import { readPieces } from "./read-raw.ts";

const seed = Number(process.env["PORTCULLIS_TEST_SEED"] ?? 20_260_101);
const rounds = Number(process.env["PORTCULLIS_TEST_FUZZ"] ?? 20_000);

const short = corpus.filter(({ bytes }) => bytes.length < 2000);
const whole = short.filter(({ verdict }) => typeof verdict !== "string");
/** What decides where something ends, or how it is read. */
const marks = [
  "\r\n",
  "\n",
  "\r",
  "\r\n\r\n",
  " ",
  "\t",
  ":",
  ";",
  ",",
  "0",
  "2",
  "f",
  "\0",
  "\x7f",
  "\xff",
  "-",
  "+",
  "Content-Length: 2\r\n",
  "Content-Length: 0\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Connection: close\r\n",
  "HTTP/1.1 200 OK\r\n",
  "HTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.1 304 Same\r\n\r\n",
  "0\r\n\r\n",
  "2\r\nok\r\n",
].map((text) => Buffer.from(text, "latin1"));

function mutate(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + random.below(8));
  const before = bytes.subarray(0, at);
  switch (random.below(6)) {
    case 0:
      return Buffer.concat([before, Buffer.from([random.below(256)]), bytes.subarray(at + 1)]);
    case 1:
      return Buffer.concat([before, random.pick(marks), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([before, bytes.subarray(end)]);
    case 3:
      return Buffer.concat([before, bytes.subarray(at, end), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([before, random.pick(marks), bytes.subarray(end)]);
    default: {
      const other = random.pick(short).bytes;
      return Buffer.concat([before, other.subarray(random.below(other.length + 1))]);
    }
  }
}

function cut(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  while (from < bytes.length) {
    const to = Math.min(bytes.length, from + 1 + random.below(random.chance(3) ? 3 : 40));
    pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces;
}

test("what is changed at random is read as the grammar says, however it is cut", () => {
  const random = seeded(seed);
  let wholes = 0;
  for (let round = 0; round < rounds; round += 1) {
    const row: RawAnswer = random.pick(random.chance(3) ? short : whole);
    let { bytes } = row;
    for (let times = 1 + random.below(3); times > 0; times -= 1) bytes = mutate(bytes, random);
    const expected = { isHead: row.method === "HEAD", mayUpgrade: false };
    const read = readPieces([bytes], expected);
    const what = `seed ${seed}, round ${round}: ${JSON.stringify(bytes.toString("latin1"))}`;
    assert.deepEqual(readPieces(cut(bytes, random), expected), read, what);
    const meant = readByGrammar({ bytes, method: row.method });
    if (typeof read === "string") assert.equal(meant, undefined, what);
    else assert.deepEqual(read, meant, what);
    if (meant !== undefined) wholes += 1;
  }
  // Changes that break everything would test nothing else.
  assert.ok(wholes > rounds / 20, `${wholes} of ${rounds} were whole`);
});

test("each raw answer of the table is whole by the grammar exactly where its row says so", () => {
  for (const row of corpus)
    assert.deepEqual(
      readByGrammar(row),
      typeof row.verdict === "string" ? undefined : row.verdict,
      row.what,
    );
});
