import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { App } from "./app.ts";
import { Browser } from "./browser.ts";
import { email, type Outsider, queryOf, startOutsider } from "./outsider.ts";

// What OAuth, OpenID Connect and their security advice ask for, as an outsider can check it. Each
// test names its source.
let app: Outsider["app"];
let authorize: Outsider["authorize"];
let gate: Outsider["gate"];
let post: Outsider["post"];

before(async () => {
  ({ app, authorize, gate, post } = await startOutsider());
});
after(() => gate.close());

test("redirect addresses are compared to the letter, and none that is not registered is ever followed (RFC 9700 2.1, 4.11.2)", async () => {
  const tricks = [
    "com.notes.app:/signed-in/",
    "com.notes.app:/Signed-in",
    "com.notes.app:/signed-in?x=1",
    "com.notes.app:/signed-in#f",
    "com.notes.app:/x/../signed-in",
    "com.notes.app://signed-in",
    "https://notes.example/signed-in/",
    "https://notes.example/signed-in?a=b",
    "https://notes.example:444/signed-in",
    "https://notes.example.evil.example/signed-in",
    "https://evil.example\\@notes.example/signed-in",
    "https://user@notes.example/signed-in",
    "https://notes.example/%73igned-in",
    "https://notes.example/../signed-in",
    "http://notes.example/signed-in",
    "https://NOTES.example/signed-in/.",
    "http://127.0.0.1:1234/other",
    "http://localhost/signed-in",
    "http://127.0.0.1.evil.example/signed-in",
    "javascript:alert(1)",
    "data:text/html,x",
    "",
  ];
  for (const redirect of tricks) {
    const answer = await authorize({ redirect_uri: redirect });
    assert.equal(answer.status, 400, redirect);
    assert.equal(answer.headers.get("location"), null, redirect);
  }
  for (const redirect of [
    "com.notes.app:/signed-in",
    "https://notes.example/signed-in",
    "http://127.0.0.1:54321/signed-in",
    "http://127.0.0.1/signed-in",
  ])
    assert.equal((await authorize({ redirect_uri: redirect })).status, 303, redirect);
  assert.equal((await authorize({ client_id: "nobody" })).headers.get("location"), null);
});

test("PKCE is needed, by S256 alone (RFC 9700 2.1.1)", async () => {
  for (const over of [
    { code_challenge: undefined, code_challenge_method: undefined },
    { code_challenge_method: "plain" },
    { code_challenge_method: undefined },
    { code_challenge: "short" },
  ]) {
    const location = (await authorize(over)).headers.get("location") ?? "";
    assert.match(location, /[?&]error=invalid_request/, JSON.stringify(over));
    assert.match(location, /[?&]iss=https/, "RFC 9207: iss in errors too");
  }
});

test("nothing is implicit, and nobody sends a password to the token endpoint (RFC 9700 2.1.2, 2.4)", async () => {
  for (const type of ["token", "id_token", "code id_token", "none"])
    assert.match(
      (await authorize({ response_type: type, nonce: "n" })).headers.get("location") ?? "error=",
      /error=/,
      type,
    );
  assert.equal(
    (
      await post("/oauth/token", {
        grant_type: "password",
        client_id: "notes-app",
        username: email,
        password: "x",
      })
    ).body["error"],
    "unsupported_grant_type",
  );
  const metadata = app.as as unknown as Record<string, string[]>;
  assert.deepEqual(metadata["response_types_supported"], ["code"]);
  assert.deepEqual(metadata["code_challenge_methods_supported"], ["S256"]);
  assert.ok(
    !metadata["grant_types_supported"]?.includes("implicit") &&
      !metadata["grant_types_supported"]?.includes("password"),
  );
});

test("the answer names its issuer, the metadata says so, and both well-known places agree (RFC 9207, RFC 8414)", async () => {
  const { parameters } = await app.authorize(email);
  assert.equal(parameters.get("iss"), gate.origin);
  const [one, two] = await Promise.all(
    ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"].map(
      async (path) =>
        (await (await gate.fetch(`${gate.origin}${path}`)).json()) as Record<string, unknown>,
    ),
  );
  assert.deepEqual(one, two);
  assert.deepEqual(
    [one?.["issuer"], one?.["authorization_response_iss_parameter_supported"]],
    [gate.origin, true],
  );
});

test("the host a caller names is in no link (host-header poisoning)", async () => {
  const answer = await gate.fetch(`${gate.origin}/.well-known/openid-configuration`, {
    headers: {
      "X-Forwarded-Host": "evil.example",
      Forwarded: "host=evil.example",
      "X-Original-URL": "/x",
    },
  });
  assert.ok(!(await answer.text()).includes("evil.example"));
});

test("sign-in answers with 303, so that no form is sent twice (RFC 9700 4.12), and without CORS (2.6)", async () => {
  const answer = await gate.fetch(`${gate.origin}/oauth/authorize?${queryOf({})}`, {
    headers: { Origin: "https://evil.example" },
  });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("access-control-allow-origin"), null);
});

test("pushed requests are bound to their client, used once and not nested (RFC 9126)", async () => {
  const { status, body } = await post("/oauth/par", queryOf({}));
  assert.equal(status, 201);
  const uri = String(body["request_uri"]);
  const statusFor = async (clientId: string): Promise<number> => {
    const query = new URLSearchParams({ client_id: clientId, request_uri: uri });
    return (await gate.fetch(`${gate.origin}/oauth/authorize?${query.toString()}`)).status;
  };
  assert.equal(await statusFor("notes-app"), 303);
  assert.equal(await statusFor("portcullis-account"), 400);
  assert.equal(
    (await post("/oauth/par", queryOf({ request_uri: uri }))).body["error"],
    "request_uri_not_supported",
  );
  assert.equal(
    (await post("/oauth/par", `${queryOf({})}&client_id=other`)).body["error"],
    "invalid_request",
  );
  assert.equal((await gate.fetch(`${gate.origin}/oauth/par`)).status, 405);
});

test("a type of authorization_details that nobody here understands is refused, pushed or not (RFC 9396 5)", async () => {
  const details = JSON.stringify([{ type: "payment_initiation", actions: ["initiate"] }]);
  const { url } = await app.authorizationUrl({ authorization_details: details });
  const { left } = await app.browser.follow(await app.browser.get(url), url);
  assert.equal(left?.searchParams.get("error"), "invalid_authorization_details");
  const pushed = await gate.fetch(`${gate.origin}/oauth/par`, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URL(url).searchParams.toString(),
  });
  assert.equal(((await pushed.json()) as { error: string }).error, "invalid_authorization_details");
});

test("a parameter that is there twice is refused (RFC 6749 3.1)", async () => {
  const answer = await gate.fetch(
    `${gate.origin}/oauth/authorize?${queryOf({})}&redirect_uri=https://evil.example`,
  );
  assert.equal(answer.status, 400);
  assert.equal(answer.headers.get("location"), null);
  assert.equal(
    (
      await post(
        "/oauth/token",
        "grant_type=refresh_token&refresh_token=a&refresh_token=b&client_id=notes-app",
      )
    ).body["error"],
    "invalid_request",
  );
});

test("a session's name is new after every sign-in, and its cookie is out of scripts' reach (ASVS 7.2.4)", async () => {
  const browser = new Browser(gate);
  const names: string[] = [];
  for (let count = 0; count < 2; count += 1) {
    await (await new App(gate, "notes-app", browser).begin()).authorize(email, { prompt: "login" });
    names.push(browser.cookies.get("__Host-session")?.value ?? "");
  }
  assert.ok(names[0] !== "" && names[0] !== names[1]);
});

test("sign-out leads only where the client may lead (open redirects)", async () => {
  const tokens = await app.signIn(email);
  const query = new URLSearchParams({
    id_token_hint: tokens.id_token as string,
    post_logout_redirect_uri: "https://evil.example",
  });
  const answer = await gate.fetch(`${gate.origin}/oauth/sign-out?${query.toString()}`);
  assert.equal(answer.status, 400);
  assert.equal(answer.headers.get("location"), null);
});

test("a token is asked for this API alone: another resource is refused (RFC 8707 2)", async () => {
  const errorOf = async (resource: string): Promise<string | null> => {
    const to = (await authorize({ resource })).headers.get("location") ?? "";
    return URL.parse(to)?.searchParams.get("error") ?? null;
  };
  assert.equal(await errorOf(gate.audience), null);
  for (const resource of [
    "https://other.example",
    `${gate.audience}/more`,
    "https://notes.example.",
  ])
    assert.equal(await errorOf(resource), "invalid_target", resource);
});
