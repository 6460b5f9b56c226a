import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { decodeJwt } from "jose";
import { selfSigned } from "../certificate.ts";
import { App } from "./app.ts";
import { type IdentityGate, startIdentityGate } from "./identity-gate.ts";

let gate: IdentityGate;
const directory = mkdtempSync(join(tmpdir(), "portcullis-mtls-"));
const email = "ann@notes.example";

before(async () => {
  gate = await startIdentityGate({
    change: (policy) => policy.replace("binding: optional", "binding: mtls"),
  });
  gate.addUser(email, "--role", "member");
  for (const name of ["phone", "thief"]) {
    const { certificate, key } = await selfSigned(name);
    writeFileSync(join(directory, `${name}.crt`), certificate);
    writeFileSync(join(directory, `${name}.key`), key);
  }
});
after(() => gate.close());

function send(
  path: string,
  who: "phone" | "thief" | undefined,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const identity =
      who === undefined
        ? {}
        : {
            key: readFileSync(join(directory, `${who}.key`)),
            cert: readFileSync(join(directory, `${who}.crt`)),
          };
    const sending = request(
      {
        host: "localhost",
        port: gate.port,
        path,
        method: options.method ?? "GET",
        headers: options.headers ?? {},
        ca: gate.gate.ca,
        agent: false,
        ...identity,
      },
      (response) => {
        let text = "";
        response
          .setEncoding("utf8")
          .on("data", (part: string) => (text += part))
          .on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
            }),
          );
      },
    );
    sending.once("error", reject);
    sending.end(options.body);
  });
}

test("a token that was asked for over a certificate is of use over that certificate alone (RFC 8705 section 3)", async () => {
  const app = await new App(gate).begin(false);
  const { parameters, verifier } = await app.authorize(email);
  const fields = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: "notes-app",
    code: parameters.get("code") ?? "",
    redirect_uri: app.redirectUri,
    code_verifier: verifier,
  }).toString();
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const { body: tokens } = await send("/oauth/token", "phone", {
    method: "POST",
    headers,
    body: fields,
  });
  const token = String(tokens["access_token"]);
  assert.match(JSON.stringify(decodeJwt(token)["cnf"]), /x5t#S256/);
  const bearer = { Authorization: `Bearer ${token}` };
  assert.equal((await send("/notes", "phone", { headers: bearer })).status, 200);
  for (const who of ["thief", undefined] as const)
    assert.equal(
      (await send("/notes", who, { headers: bearer })).body["code"],
      "certificate-mismatch",
      String(who),
    );
  const claimed = readFileSync(join(directory, "phone.crt"), "utf8").replaceAll(
    /-----[^-]+-----|\s/g,
    "",
  );
  assert.equal(
    (
      await send("/notes", "thief", {
        headers: { ...bearer, "Portcullis-Client-Certificate": claimed, "X-Client-Cert": claimed },
      })
    ).body["code"],
    "certificate-mismatch",
  );

  const refresh = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: "notes-app",
    refresh_token: String(tokens["refresh_token"]),
  }).toString();
  for (const who of ["thief", undefined] as const)
    assert.equal(
      (
        await send("/oauth/token", who, {
          method: "POST",
          headers: { ...headers, "Portcullis-Client-Certificate": claimed },
          body: refresh,
        })
      ).body["error"],
      "invalid_grant",
      String(who),
    );
  assert.equal(
    (await send("/oauth/token", "phone", { method: "POST", headers, body: refresh })).status,
    200,
  );
});

test("where certificates are asked for, a token that names none is refused", async () => {
  const app = await new App(gate).begin(false);
  const { parameters, verifier } = await app.authorize(email);
  const answer = await send("/oauth/token", undefined, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: "notes-app",
      code: parameters.get("code") ?? "",
      redirect_uri: app.redirectUri,
      code_verifier: verifier,
    }).toString(),
  });
  assert.equal(answer.status, 400);
});
