import assert from "node:assert/strict";
import { test } from "node:test";
import { multipart, part, type Sent, writingGate } from "./writing-gate.ts";

/** Parts as client libraries write them, and the one spelling in which the backend gets them. */
const latin1 = (text: string): string => Buffer.from(text).toString("latin1");
const file = (names: string, more = ""): string =>
  part(`Content-Disposition: form-data; ${names}${more}`, "bytes");
const written = (filename: string, more = ""): string =>
  file(`name="file"; filename="${latin1(filename)}"`, more);

const parts: readonly (readonly [library: string, sent: string, goesOn: string])[] = [
  [
    ".NET's MultipartFormDataContent",
    `Content-Type: image/png\r\nContent-Disposition: form-data; name=file; filename=a.png; filename*=utf-8''a.png\r\n\r\nbytes`,
    written("a.png", "\r\nContent-Type: image/png"),
  ],
  [
    ".NET, a name beyond ASCII",
    file(`name=file; filename="=?utf-8?B?w6kucG5n?="; filename*=utf-8''%C3%A9.png`),
    written("é.png"),
  ],
  [
    "React Native, a name beyond ASCII",
    file(latin1(`name="file"; filename="é.png"; filename*=utf-8''%C3%A9.png`)),
    written("é.png"),
  ],
  [
    "React Native, a name with a blank",
    file(`name="file"; filename="a b.png"; filename*=utf-8''a%20b.png`),
    written("a b.png"),
  ],
  ["Python's requests", file(`name="file"; filename*=utf-8''%F0%9F%98%80.png`), written("😀.png")],
  ["axios and fetch", file(latin1(`name="file"; filename="😀.png"`)), written("😀.png")],
  [
    "OkHttp",
    file(`name="file"; filename="a.png"`, "\r\nContent-Type: image/png\r\nContent-Length: 5"),
    written("a.png", "\r\nContent-Type: image/png"),
  ],
  [
    "Retrofit",
    file(`name="file"; filename="a.png"`, "\r\nContent-Transfer-Encoding: binary"),
    written("a.png"),
  ],
  [
    "Dio",
    part(
      `content-disposition: form-data; name="note"\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-transfer-encoding: binary`,
      latin1("é"),
    ),
    part(
      `Content-Disposition: form-data; name="note"\r\nContent-Type: text/plain; charset=utf-8`,
      latin1("é"),
    ),
  ],
  [
    "Apache HttpClient",
    part(
      `Content-Disposition: form-data; name="note"\r\nContent-Type: text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: 8bit`,
      "ascii",
    ),
    part(`Content-Disposition: form-data; name="note"\r\nContent-Type: text/plain`, "ascii"),
  ],
  ["a browser, no file chosen", file(`name="file"; filename=""`), file(`name="file"; filename=""`)],
];

const send = async (body: string, boundary = "A"): Promise<Sent | string> =>
  (await writingGate()).send("POST", "/forms", Buffer.from(body, "latin1"), [
    "Content-Type",
    `multipart/form-data; boundary=${boundary}`,
  ]);

const boundaryOf = ({ type }: Sent): string => /boundary=(\S+)$/.exec(type ?? "")?.[1] ?? "";

for (const [library, sent, goesOn] of parts)
  test(`a part that ${library} writes is passed on in one spelling`, async () => {
    const got = await send(multipart("A", sent));
    assert.ok(typeof got === "object", JSON.stringify(got));
    assert.equal(got.body, multipart(boundaryOf(got), goesOn));
  });

test("a body without parts, one behind a line end and one with a quoted boundary are read", async () => {
  assert.equal(((await send("--A--\r\n")) as Sent).body, "--A--\r\n");
  for (const [body, boundary] of [
    [`\r\n${multipart("A", written("a.png"))}`, "A"],
    [multipart("a:b", written("a.png")), '"a:b"'],
  ] as const) {
    const got = await send(body, boundary);
    assert.ok(typeof got === "object", JSON.stringify(got));
    assert.equal(got.body, multipart(boundaryOf(got), written("a.png")));
  }
});

test("a disposition that programs could read differently is refused", async () => {
  for (const names of [
    `name="file"; filename="a.png"; filename="b.png"`,
    `name="file"; filename*=utf-8''a.png; filename*=utf-8''b.png`,
    `name="file"; filename*0=a; filename*1=.png`,
    latin1(`name="file"; filename="é.png"; filename*=utf-8''other.png`),
    `name="file"; filename*=iso-8859-1''%E9.png`,
    `name="file"; filename*=utf-8''%E9.png`,
    `name="file"; filename*=utf-8''..%2Fa.png`,
    `name="file"; filename*=utf-8''a%22%3B%20name%3D%22role.png`,
    `name="file"; filename*=utf-8''a%0D%0AX.png`,
    `name="file"; filename*=a.png`,
    `name=file name=role`,
    `name=file"; name="role"`,
    `name="fi\\"le"`,
    `name=""`,
    `name*=utf-8''role`,
    `name="file"; x=y`,
    `name="file";`,
    `filename="a.png"`,
  ])
    assert.equal(await send(multipart("A", file(names))), "body-malformed", names);
  const foreign = part(
    `Content-Disposition: form-data; name="note"\r\nContent-Type: text/plain; charset=iso-8859-1`,
    "\xe9",
  );
  assert.equal(await send(multipart("A", foreign)), "body-malformed");
});
