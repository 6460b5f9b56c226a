import assert from "node:assert/strict";
import { test } from "node:test";
import { base32, hotp, totpStep, totpUri } from "./totp.ts";

const ascii = (length: number): Buffer => Buffer.from("1234567890".repeat(7).slice(0, length));

test("codes are those of RFC 4226, appendix D", () => {
  assert.deepEqual(
    Array.from({ length: 10 }, (_, counter) => hotp(ascii(20), counter)),
    [
      "755224",
      "287082",
      "359152",
      "969429",
      "338314",
      "254676",
      "287922",
      "162583",
      "399871",
      "520489",
    ],
  );
});

test("codes are those of RFC 6238, appendix B, for all three hashes", () => {
  const rows: [number, string, string, string][] = [
    [59, "94287082", "46119246", "90693936"],
    [1_111_111_109, "07081804", "68084774", "25091201"],
    [1_111_111_111, "14050471", "67062674", "99943326"],
    [1_234_567_890, "89005924", "91819424", "93441116"],
    [2_000_000_000, "69279037", "90698825", "38618901"],
    [20_000_000_000, "65353130", "77737706", "47863826"],
  ];
  for (const [seconds, one, two, three] of rows) {
    const step = Math.floor(seconds / 30);
    assert.deepEqual(
      [
        hotp(ascii(20), step, 8),
        hotp(ascii(32), step, 8, "sha256"),
        hotp(ascii(64), step, 8, "sha512"),
      ],
      [one, two, three],
    );
  }
});

test("a code is taken in its own half minute and one beside it, and named by its step", () => {
  const now = 1_800_000_015;
  const step = Math.floor(now / 30);
  for (const off of [-1, 0, 1])
    assert.equal(totpStep(ascii(20), hotp(ascii(20), step + off), now), step + off);
  for (const off of [-2, 2])
    assert.equal(totpStep(ascii(20), hotp(ascii(20), step + off), now), undefined);
  for (const bad of ["", "12345", "1234567", "12345a", "１２３４５６", " 12345"])
    assert.equal(totpStep(ascii(20), bad, now), undefined);
});

test("keys are spelled as RFC 4648 does, and the link carries them", () => {
  assert.equal(base32(Buffer.from("foobar")), "MZXW6YTBOI");
  assert.match(
    totpUri(ascii(20), "Notes & Co", "ann@notes.example"),
    /^otpauth:\/\/totp\/Notes%20%26%20Co:ann%40notes\.example\?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Notes%20%26%20Co/,
  );
});
