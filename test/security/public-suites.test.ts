import assert from "node:assert/strict";
import type { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readCompactToken } from "../../packages/guard/src/jws/compact-token.ts";
import { compileKeySet, signingAlgorithms } from "@portcullis/guard/tokens";
import { canonicalPath } from "../../packages/guard/src/document/canonical-path.ts";
import { test } from "../parts/test.ts";

const read = (suites: string, path: string): unknown =>
  JSON.parse(readFileSync(join(suites, path), "utf8"));

interface UrlCase {
  readonly input: string;
  readonly href?: string;
  readonly pathname?: string;
  readonly search?: string;
}

/**
 * Every text of the suite that could stand as a request target: the raw input's own path, and what
 * a browser makes of it.
 */
const targetsOf = (one: UrlCase | string): string[] => {
  if (typeof one === "string") return [];
  const rawPath = /^[a-z]+:\/\/[^/?#\\]*(\/[^#]*)/i.exec(one.input)?.[1];
  return [
    ...(one.input.startsWith("/") ? [one.input] : []),
    ...(rawPath === undefined ? [] : [rawPath]),
    ...(one.pathname?.startsWith("/") === true ? [`${one.pathname}${one.search ?? ""}`] : []),
  ];
};

test("a path of the URL suite that is let through is read the same by a second program, or it is refused", {
  needs: ["suites"],
}, ({ suites }) => {
  const targets = (read(suites, "url/urltestdata.json") as (UrlCase | string)[]).flatMap(targetsOf);
  assert.ok(targets.length > 600, `${targets.length}`);
  let passed = 0;
  for (const target of targets) {
    const canonical = canonicalPath(target);
    if ("fault" in canonical) continue;
    passed += 1;
    const url = new URL(
      `http://h${canonical.path}${canonical.query === "" ? "" : `?${canonical.query}`}`,
    );
    assert.equal(url.pathname, canonical.path, target);
    const decoded = decodeURIComponent(canonical.path);
    assert.ok(!/(^|\/)\.{1,2}(\/|$)|\\|\/\/|[\u0000-\u001f\u007f]/.test(decoded), target);
    const again = canonicalPath(canonical.path);
    assert.ok("path" in again && again.path === canonical.path, target);
  }
  assert.ok(passed > 100, `${passed} passed`);
});

interface CookbookJws {
  readonly title: string;
  readonly input: {
    readonly key?: webcrypto.JsonWebKey | readonly webcrypto.JsonWebKey[];
    readonly alg?: string | readonly string[];
  };
  readonly signing?: { readonly protected?: { readonly alg?: string } };
  readonly output: { readonly compact?: string };
}

const parts = (compact: string) => {
  const [header = "", payload = "", signature = ""] = compact.split(".");
  return {
    header: JSON.parse(Buffer.from(header, "base64url").toString()) as Record<string, unknown>,
    payload: {},
    signed: `${header}.${payload}`,
    signature: Buffer.from(signature, "base64url"),
  };
};

test("signatures of the JOSE cookbook hold, a changed bit breaks them, and shared secrets are not accepted at all", {
  needs: ["suites"],
}, ({ suites }) => {
  for (const [file, outcome] of [
    ["jws/4_1.rsa_v15_signature.json", "holds"],
    ["jws/4_2.rsa-pss_signature.json", "holds"],
    ["jws/4_3.ecdsa_signature.json", "holds"],
    ["jws/4_4.hmac-sha2_integrity_protection.json", "token-algorithm-refused"],
    ["curve25519/jws.json", "holds"],
  ] as const) {
    const { input, output } = read(suites, `jose-cookbook/${file}`) as CookbookJws;
    const { compact } = output;
    if (compact === undefined) throw new Error(`${file} has no compact form`);
    const keys = compileKeySet({ keys: [input.key as webcrypto.JsonWebKey] }, [
      ...signingAlgorithms.keys(),
    ]);
    const token = parts(compact);
    // Some of the cookbook's keys are private ones, which an issuer never publishes: only their
    // public half is imported.
    const {
      d: _d,
      dp: _dp,
      dq: _dq,
      p: _p,
      q: _q,
      qi: _qi,
      ...publicHalf
    } = input.key as webcrypto.JsonWebKey;
    const publicKeys = compileKeySet({ keys: [publicHalf] }, [...signingAlgorithms.keys()]);
    assert.equal(keys.size, 0, `${file}: a private key is not taken for a public one`);
    assert.equal(publicKeys.checkSignature(token)?.problem.code ?? "holds", outcome, file);
    if (outcome !== "holds") continue;
    const broken = Buffer.from(token.signature);
    broken[10] = (broken[10] ?? 0) ^ 1;
    assert.equal(
      publicKeys.checkSignature({ ...token, signature: broken })?.problem.code,
      "token-signature-invalid",
      file,
    );
    assert.equal(
      publicKeys.checkSignature({ ...token, signed: `${token.signed}A` })?.problem.code,
      "token-signature-invalid",
      file,
    );
  }
});

test("forms of the JOSE cookbook that are no access tokens are not read as such", {
  needs: ["suites"],
}, ({ suites }) => {
  for (const file of ["4_5.signature_with_detached_content.json", "4_1.rsa_v15_signature.json"]) {
    const { output } = read(suites, `jose-cookbook/jws/${file}`) as CookbookJws;
    const token = readCompactToken(output.compact ?? "");
    assert.ok("unread" in token, file);
  }
});
