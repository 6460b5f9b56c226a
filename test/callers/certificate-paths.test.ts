import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { before, test } from "node:test";
import { compileCertificateJudge } from "../../packages/guard/src/controls/authentication/caller-certificate.ts";
import { compileCallerOf } from "../../packages/guard/src/controls/authentication/claims.ts";
import { keptPlaces } from "../../packages/guard/src/controls/authentication/learned-callers.ts";
import { readBelieved } from "../../packages/guard/src/x509/certificate-path.ts";
import { type Authority, newAuthority } from "../signed-certificates.ts";

const callerOf = compileCallerOf({
  source: "partners",
  separate: false,
  places: keptPlaces,
  takesNames: true,
  elsewhere: false,
});
const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const fingerprintOf = (cert: string) => {
  const encoded = new X509Certificate(cert).raw.toString("base64");
  return { encoded, thumbprint: encoded };
};

interface Files {
  readonly authorities: string;
  readonly intermediates?: string;
  readonly lists?: readonly string[];
}
const judgeBy = ({ authorities, intermediates = "", lists = [] }: Files) =>
  compileCertificateJudge(
    { subject: "subject.commonName" },
    readBelieved({
      authorities,
      intermediates,
      lists: lists.map((list) => Buffer.from(list).toString("base64")),
    }),
    callerOf,
  );
/** Who it is, or why it is nobody's. */
const said = (files: Files, cert: string, at = nowSeconds()): string => {
  const judged = judgeBy(files)(fingerprintOf(cert), at);
  return "problem" in judged ? (judged.detail ?? "") : judged.subject;
};

let root: Authority;
let between: Authority;
let leaf: string;
before(async () => {
  root = await newAuthority("CN=Root");
  between = await root.letSign("CN=Between", { mostBelow: 0 });
  leaf = (await between.sign({ subject: "CN=ann" })).cert;
});

test("a certificate leads to its authority over those that stand between, and these are believed for nothing alone", async () => {
  const whole = { authorities: root.pem, intermediates: between.pem };
  assert.equal(said(whole, leaf), "ann");
  assert.match(said({ authorities: root.pem }, leaf), /no authority/);
  const stranger = await newAuthority("CN=Root");
  assert.match(said({ ...whole, authorities: stranger.pem }, leaf), /no authority/);
  const twin = await stranger.letSign("CN=Between");
  const { cert } = await twin.sign({ subject: "CN=ann" });
  assert.match(said(whole, cert), /no authority/);
  assert.match(said({ ...whole, intermediates: twin.pem }, cert), /no authority/);
});

test("a path is no longer than its authorities allow, and no longer good than any of them", async () => {
  const low = await between.letSign("CN=Low");
  const { cert } = await low.sign({ subject: "CN=ben" });
  const files = { authorities: root.pem, intermediates: `${low.pem}\n${between.pem}` };
  assert.match(said(files, cert), /no authority/);
  const wide = await root.letSign("CN=Wide", { mostBelow: 1 });
  const below = await wide.letSign("CN=Below");
  const own = await below.sign({ subject: "CN=ben" });
  assert.equal(
    said({ authorities: root.pem, intermediates: below.pem + wide.pem }, own.cert),
    "ben",
  );
  const over = await root.letSign("CN=Over", { notAfter: new Date(Date.now() - 3_600_000) });
  const late = await over.sign({ subject: "CN=ben" });
  assert.match(said({ authorities: root.pem, intermediates: over.pem }, late.cert), /has ended/);
});

test("authorities that sign one another in a ring lead nowhere, and end", async () => {
  const [one, two] = [await newAuthority("CN=One"), await newAuthority("CN=Two")];
  const ring = (await one.letSign("CN=Two")).pem + (await two.letSign("CN=One")).pem;
  const { cert } = await one.sign({ subject: "CN=ann" });
  const intermediates = one.pem + two.pem + ring;
  assert.match(said({ authorities: root.pem, intermediates }, cert), /no authority/);
});

test("what an authority has taken back is nobody's, and so is what stands below it", async () => {
  const files = { authorities: root.pem, intermediates: between.pem };
  const other = (await between.sign({ subject: "CN=ben" })).cert;
  const lists = [await between.takeBack([other]), await root.takeBack([])];
  assert.equal(said({ ...files, lists }, leaf), "ann");
  assert.match(said({ ...files, lists }, other), /taken it back/);
  const ofBetween = [await root.takeBack([between.pem])];
  assert.match(said({ ...files, lists: ofBetween }, leaf), /taken it back/);
});

test("nobody is believed by a list that is old, from the moment on in which it is", async () => {
  const end = new Date(Date.now() + 3_600_000);
  const lists = [await between.takeBack([], { nextUpdate: end })];
  const files = { authorities: root.pem, intermediates: between.pem, lists };
  assert.equal(said(files, leaf), "ann");
  assert.match(said(files, leaf, Math.ceil(end.getTime() / 1000)), /is old/);
  // A certificate of an authority without a list is not asked about.
  const { cert } = await root.sign({ subject: "CN=ben" });
  assert.equal(said(files, cert, Math.ceil(end.getTime() / 1000)), "ben");
});

test("a list is read whole, and from the authority itself, or not at all", async () => {
  const authorities = root.pem;
  const good = await root.takeBack([leaf]);
  const der = Buffer.from(good.replaceAll(/-----[^-]+-----/g, ""), "base64");
  const read = (list: string | Buffer) =>
    readBelieved({
      authorities,
      intermediates: "",
      lists: [Buffer.from(list).toString("base64")],
    }).lists;
  assert.deepEqual([read(der).length, read(good + good).length], [1, 2]);
  const twin = await newAuthority("CN=Root");
  assert.throws(() => read(Buffer.alloc(0)), RangeError);
  assert.throws(() => read("no list"), RangeError);
  assert.throws(() => read(der.subarray(0, -1)), RangeError);
  await assert.rejects(async () => read(await twin.takeBack([leaf])), /no authority/);
  await assert.rejects(async () => read(await root.takeBack([], { isDelta: true })), /only a part/);
  for (let at = 0; at < der.length; at += 1) {
    const changed = Buffer.from(der);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.throws(() => read(changed), RangeError, `byte ${at}`);
  }
});

test("an authority that is bound to names is refused, because names are not held against it", async () => {
  const bound = await root.letSign("CN=Bound", { boundToNames: true });
  const lists: string[] = [];
  assert.throws(() => readBelieved({ authorities: bound.pem, intermediates: "", lists }), /names/);
});
