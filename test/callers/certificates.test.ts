import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  type CertificateName,
  compileCertificateJudge,
} from "../../packages/guard/src/controls/authentication/caller-certificate.ts";
import { compileCallerOf } from "../../packages/guard/src/controls/authentication/claims.ts";
import { readBelieved } from "../../packages/guard/src/x509/certificate-path.ts";
import { keptPlaces } from "../../packages/guard/src/controls/authentication/learned-callers.ts";
import { type Authority, newAuthority, type Wanted } from "../signed-certificates.ts";
import { type Bank, signed, startBank } from "./bank-of-sources.ts";

const day = 86_400_000;
const clientUse = "1.3.6.1.5.5.7.3.2";
const serverUse = "1.3.6.1.5.5.7.3.1";
const token = (sub: string): string => signed({ sub, exp: Math.floor(Date.now() / 1000) + 3600 });

let partners: Authority;
let twin: Authority;
let bank: Bank;
before(async () => {
  partners = await newAuthority("CN=Partners");
  twin = await newAuthority("CN=Partners");
  bank = await startBank(
    `partners: { certificate: { authority: ./partners-ca.pem, sub: subject.commonName, revoked: ./partners.crl } }
legacy: { jwt: { algorithm: HS256, secret: { env: JWT_SECRET } } }`,
    { "partners-ca.pem": partners.pem, "partners.crl": await partners.takeBack([]) },
  );
});
after(() => bank.close());

const ask = (shown?: { cert: string; key: string }, headers = {}, path = "/things") =>
  bank.ask(path, headers, "GET", "", shown);

test("who shows a certificate of the authority is its owner, request after request", async () => {
  const shown = await partners.sign({ subject: "CN=partner-1", uses: [clientUse] });
  for (let time = 0; time < 4; time += 1) {
    const { status, told } = await ask(shown);
    assert.deepEqual([status, told?.["sub"], told?.["source"]], [200, "partner-1", "partners"]);
  }
  assert.equal((await ask()).code, "credential-missing");
});

test("what its authority takes back is refused from the next reading of the list on, over the same connection too", async () => {
  const [lost, kept] = await Promise.all(
    ["CN=lost", "CN=kept"].map((subject) => partners.sign({ subject })),
  );
  assert.equal((await ask(lost)).status, 200);
  writeFileSync(join(bank.directory, "partners.crl"), await partners.takeBack([lost?.cert ?? ""]));
  while ((await ask(lost)).status === 200) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal((await ask(lost)).code, "certificate-invalid");
  assert.equal((await ask(kept)).status, 200);
});

const wrong: readonly (readonly [string, Wanted, "partners" | "twin"])[] = [
  ["of an authority of the same name", { subject: "CN=partner-1" }, "twin"],
  ["that has ended", { subject: "CN=a", notAfter: new Date(Date.now() - day / 2) }, "partners"],
  ["of tomorrow", { subject: "CN=a", notBefore: new Date(Date.now() + day / 2) }, "partners"],
  ["for servers", { subject: "CN=a", uses: [serverUse] }, "partners"],
  ["that may sign others", { subject: "CN=a", isAuthority: true }, "partners"],
  ["with two names", { subject: "CN=a, CN=b" }, "partners"],
  ["without a name", { subject: "O=Partners" }, "partners"],
];
for (const [name, wanted, authority] of wrong)
  test(`a certificate ${name} is nobody's`, async () => {
    const shown = await (authority === "twin" ? twin : partners).sign(wanted);
    assert.equal((await ask(shown)).code, "certificate-invalid");
    const open = await ask(shown, {}, "/rates");
    assert.deepEqual([open.status, open.told], [200, undefined], "open operations stay open");
  });

test("a credential of the request says who calls, and a bad one is not made good by a certificate", async () => {
  const shown = await partners.sign({ subject: "CN=partner-1" });
  const good = await ask(shown, { Authorization: `Bearer ${token("ann")}` });
  assert.deepEqual([good.told?.["sub"], good.told?.["source"]], ["ann", "legacy"]);
  const bad = await ask(shown, { Authorization: `Bearer ${token("ann")}x` });
  assert.equal(bad.code, "token-signature-invalid");
});

test("a name among several kinds is read where it stands, and a name that looks like another is not that one", async () => {
  const callerOf = compileCallerOf({
    source: "partners",
    separate: false,
    places: keptPlaces,
    takesNames: true,
    elsewhere: false,
  });
  const subjectOf = async (place: CertificateName, names: Wanted["names"]) => {
    const { cert } = await partners.sign({ subject: "CN=x", ...(names && { names }) });
    const encoded = new X509Certificate(cert).raw.toString("base64");
    const believed = readBelieved({ authorities: partners.pem, intermediates: "", lists: [] });
    const judge = compileCertificateJudge({ subject: place }, believed, callerOf);
    const said = judge({ encoded, thumbprint: encoded }, Math.floor(Date.now() / 1000));
    return "problem" in said ? undefined : said.subject;
  };
  const uri = { type: "url", value: "spiffe://bank/a" } as const;
  const dns = { type: "dns", value: "a.bank.example" } as const;
  const email = { type: "email", value: "a@bank.example" } as const;
  const odd = { type: "url", value: "spiffe://bank/a, DNS:b.bank.example" } as const;
  assert.equal(await subjectOf("san.uri", [dns, uri, email]), uri.value);
  assert.equal(await subjectOf("san.dns", [dns, uri, email]), dns.value);
  assert.equal(await subjectOf("san.email", [dns, uri, email]), email.value);
  assert.equal(await subjectOf("san.uri", [odd]), odd.value);
  assert.equal(await subjectOf("san.dns", [odd]), undefined);
  assert.equal(await subjectOf("san.dns", [dns, { type: "dns", value: "b" }]), undefined);
  assert.equal(await subjectOf("san.uri", undefined), undefined);
});
