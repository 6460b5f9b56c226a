import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { addressOf, hrefOf, withinApi } from "../../packages/client/src/address.ts";
import { base64url, textOfBase64url, utf8 } from "../../packages/client/src/bytes.ts";
import { formOf, parametersOf } from "../../packages/client/src/form.ts";
import {
  codeOf,
  GrantRefused,
  metadataOf,
  tokensOf,
} from "../../packages/client/src/issuer-answers.ts";
import { sha256 } from "../../packages/client/src/sha256.ts";

test("hashes, bytes and base64url are those of the platforms that have their own", () => {
  for (let length = 0; length < 200; length += 1) {
    const bytes = new Uint8Array(randomBytes(length));
    assert.deepEqual(
      Buffer.from(sha256(bytes)),
      createHash("sha256").update(bytes).digest(),
      `${length} bytes`,
    );
    assert.equal(base64url(bytes), Buffer.from(bytes).toString("base64url"));
  }
  for (const text of ["", "a", "é", "€uro", "𝄞 and more", "\u0000\u007f\u0080"]) {
    assert.deepEqual([...utf8(text)], [...new TextEncoder().encode(text)]);
    assert.equal(textOfBase64url(Buffer.from(text).toString("base64url")), text);
  }
  for (const text of ["%", "a+b", "_w"]) assert.equal(textOfBase64url(text), undefined);
});

test("an address is read as the URL standard reads it, or not at all", () => {
  for (const text of [
    "https://api.example.com",
    "HTTPS://API.Example.com:443/a",
    "http://127.0.0.1:8080/a/b?c=d#e",
    "http://[::1]:80/?x",
    "https://a.example?q=1",
    "https://a.example/d%C3%A9j%C3%A0?w=%20",
    "https://a.example/déjà vu/{id}?w=a b&x=ü",
    "https://a.example/a;b=c,d/@e:f!$&'()*+~",
    "https://a_b.example:8443/#f?g",
  ]) {
    const url = new URL(text);
    const { origin, path, query } = addressOf(text);
    assert.deepEqual([origin, path], [url.origin, url.pathname], text);
    assert.equal(new URL(`${origin}${path}${query}`).href, `${origin}${path}${query}`, text);
    assert.equal(decodeURIComponent(query), decodeURIComponent(url.search), text);
  }
  for (const text of [
    "",
    "/a",
    "ftp://a.example/",
    "https://",
    "https:///a",
    "https://user@a.example/",
    "https://a.example\\@evil.example/",
    "https://a.example%2eevil.example/",
    "https://münchen.example/",
    "https://a.example:99999999/",
    "https://a b.example/",
    "https://a.example/b/../c",
    "https://a.example/%2E%2e/c",
    "https://a.example/.",
    "javascript:alert(1)",
  ])
    assert.throws(() => addressOf(text), TypeError, text);
});

test("whatever path the app gives, a token goes to the API, where any reader of the address would send it", () => {
  const api = addressOf("https://api.example.com/v1/");
  const within: readonly (readonly [string, string])[] = [
    ["/notes", "https://api.example.com/notes"],
    ["notes?q=1", "https://api.example.com/v1/notes?q=1"],
    ["https://api.example.com/x", "https://api.example.com/x"],
    ["https://API.example.com:443/x", "https://api.example.com/x"],
    ["/a@evil.example", "https://api.example.com/a@evil.example"],
    ["/?next=https://evil.example", "https://api.example.com/?next=https://evil.example"],
  ];
  for (const [path, href] of within) {
    assert.equal(hrefOf(withinApi(path, api)), href);
    assert.equal(new URL(href).origin, api.origin);
  }
  for (const path of [
    "//evil.example/x",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "https://api.example.com.evil.example/",
    "https://api.example.com@evil.example/",
    "http://api.example.com/",
    "https:evil.example",
    "data:text/plain,x",
    "/v1/../admin",
  ])
    assert.throws(() => withinApi(path, api), TypeError, path);
  for (const odd of [
    "\t//evil.example",
    " https://evil.example",
    "/\t/evil.example",
    "@evil.example",
  ])
    assert.equal(new URL(hrefOf(withinApi(odd, api))).origin, api.origin, JSON.stringify(odd));
});

test("forms and parameters are those of URLSearchParams, and one that stands twice is refused", () => {
  const fields = { a: "b c", "é&=": "ü+%", empty: "", none: undefined };
  const form = formOf(fields);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(form)), {
    a: "b c",
    "é&=": "ü+%",
    empty: "",
  });
  assert.deepEqual(Object.fromEntries(parametersOf(`com.app:/back?${form}#x?y=z`)), {
    a: "b c",
    "é&=": "ü+%",
    empty: "",
  });
  assert.throws(() => parametersOf("com.app:/?code=1&state=2&code=3"), TypeError);
  assert.throws(() => parametersOf("com.app:/?code=%E0%A4"), TypeError);
  assert.equal(parametersOf("com.app:/signed-in").size, 0);
});

const issuer = "https://issuer.example";
const document = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  authorization_response_iss_parameter_supported: true,
};

test("metadata of another issuer, or that leads out of TLS, is refused", () => {
  const expected = addressOf(issuer);
  assert.equal(metadataOf(expected, document).token_endpoint, `${issuer}/token`);
  assert.equal(metadataOf(addressOf(`${issuer}/`), document).issuer, issuer);
  for (const change of [
    { issuer: "https://evil.example" },
    { issuer: `${issuer}/tenant` },
    { issuer: undefined },
    { token_endpoint: undefined },
    { authorization_endpoint: undefined },
    { token_endpoint: "http://issuer.example/token" },
    { revocation_endpoint: "https://user@issuer.example/" },
  ])
    assert.throws(() => metadataOf(expected, { ...document, ...change }), JSON.stringify(change));
  assert.throws(() => metadataOf(expected, undefined));
});

test("an answer to another sign-in, of another issuer, or without a code is no answer", () => {
  const metadata = metadataOf(addressOf(issuer), document);
  const iss = `iss=${encodeURIComponent(issuer)}`;
  assert.equal(codeOf(`com.app:/?code=c&state=s&${iss}`, "s", metadata), "c");
  for (const query of [
    `code=c&state=t&${iss}`,
    `code=c&${iss}`,
    "code=c&state=s",
    "code=c&state=s&iss=https%3A%2F%2Fevil.example",
    `code=c&code=d&state=s&${iss}`,
    `state=s&${iss}`,
    `code=&state=s&${iss}`,
    "",
  ])
    assert.throws(
      () => codeOf(`com.app:/?${query}`, "s", metadata),
      { name: "SignInFailed", error: "answer-foreign" },
      query,
    );
  assert.throws(() => codeOf(`com.app:/?error=access_denied&state=s&${iss}`, "s", metadata), {
    error: "access_denied",
  });
});

test("an ID token is held to its issuer, its audience, its sign-in and its time", () => {
  const now = Date.now();
  const claims = {
    iss: issuer,
    sub: "ann",
    aud: "app",
    nonce: "n",
    iat: now / 1000,
    exp: now / 1000 + 60,
  };
  const tokenOf = (change: object, header: object = { alg: "ES256" }): string =>
    [header, { ...claims, ...change }, {}]
      .map((part) => base64url(utf8(JSON.stringify(part))))
      .join(".");
  const take = (idToken: string | undefined, over: object = {}, body: object = {}) =>
    tokensOf(
      {
        status: 200,
        body: { access_token: "a", token_type: "DPoP", id_token: idToken, ...body },
      },
      { issuer, clientId: "app", nonce: "n", required: true, serverNow: now, now, ...over },
    );
  assert.equal(take(tokenOf({})).tokenType, "DPoP");
  assert.equal(take(tokenOf({ aud: ["app"] })).accessToken, "a");
  assert.equal(take(tokenOf({ aud: ["app", "api"], azp: "app" })).accessToken, "a");
  assert.equal(take(undefined, { required: false }).idToken, undefined);
  for (const token of [
    undefined,
    "a.b.c",
    "a.b",
    ...[
      { iss: "https://evil.example" },
      { aud: "other" },
      { aud: ["other"] },
      { aud: ["app", "api"] },
      { azp: "other" },
      { nonce: "m" },
      { nonce: undefined },
      { sub: "" },
      { iat: undefined },
      { exp: now / 1000 - 3600 },
      { exp: "never" },
    ].map((change) => tokenOf(change)),
    tokenOf({}, { alg: "none" }),
    tokenOf({}, {}),
  ])
    assert.throws(() => take(token), String(token));
  for (const body of [
    { access_token: undefined },
    { access_token: "" },
    { token_type: "mac" },
    { token_type: undefined },
    { expires_in: "60" },
    { expires_in: 0 },
    { refresh_token: 7 },
  ])
    assert.throws(() => take(tokenOf({}), {}, body), JSON.stringify(body));
  assert.throws(
    () =>
      tokensOf(
        { status: 400, body: { error: "invalid_grant" } },
        { issuer, clientId: "app", nonce: "n", required: true, serverNow: now, now },
      ),
    (fault) => fault instanceof GrantRefused && fault.error === "invalid_grant",
  );
});
