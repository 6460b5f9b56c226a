import assert from "node:assert/strict";
import { test } from "node:test";
import { type SentenceFacts, sentenceOf } from "./sentence.ts";

const usual: SentenceFacts = {
  range: "24h",
  requests: 4_100_000,
  refused: 12_300,
  failed: 40,
  before: { requests: 4_000_000, refused: 12_000 },
  attack: undefined,
  isOpen: false,
  release: undefined,
};
const said = (of: Partial<SentenceFacts> = {}): string =>
  sentenceOf({ ...usual, ...of }).replaceAll("\u202f", " ");

test("a quiet day is said to be one, with its numbers beside the usual ones", () => {
  assert.equal(said(), "Quiet. 4.1 M requests since yesterday, 0.3 % refused, as usual.");
  assert.equal(
    said({ release: { app: "harbour-ios", version: "3.5.0", share: 0.22 } }),
    "Quiet. 4.1 M requests since yesterday, 0.3 % refused, as usual. 3.5.0 of harbour-ios reached 22 %.",
  );
});

test("an attack is said first, and whether it is contained", () => {
  const attack = { kind: "credential stuffing", since: "03:12", isContained: false };
  assert.match(said({ attack }), /^Credential stuffing since 03:12; not contained\. /);
  assert.match(said({ attack: { ...attack, isContained: true } }), /; contained\. /);
});

test("a backend that fails is no quiet day, and refusals that have risen are said beside the usual share", () => {
  assert.match(said({ failed: 100_000 }), /^The backend fails 2.4 % of all requests\. /);
  assert.match(said({ isOpen: true }), /^Worth a look\. /);
  assert.match(
    said({ refused: 400_000 }),
    /^Worth a look\. .*9.8 % refused, more than the usual 0.3 %\.$/,
  );
  assert.match(said({ before: undefined }), /0.3 % refused\.$/);
});
