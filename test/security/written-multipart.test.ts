import assert from "node:assert/strict";
import { test } from "node:test";
import { multipart, named, part, type Sent, writingGate } from "./writing-gate.ts";

test("multipart has one boundary: what some program takes for another is refused, and what hides one is written anew", async () => {
  const { send } = await writingGate();
  const body = multipart("A", part(named("role"), "user"));
  const twins = [
    "boundary=A; boundary*=utf-8''B",
    "boundary*0=B; boundary=A",
    "xboundary=B; boundary=A",
    'boundary=A; x="boundary=B"',
    "boundary=A; charset*=utf-16''x",
    "boundary=A; xcharset=utf-16",
  ];
  for (const parameters of twins)
    assert.equal(
      await send("POST", "/forms", body, ["Content-Type", `multipart/form-data; ${parameters}`]),
      "body-ambiguous",
      parameters,
    );
  assert.deepEqual(
    await send("POST", "/forms", body, ["Content-Type", "multipart/form-data; boundary=A"]),
    {
      target: "/forms",
      type: "multipart/form-data; boundary=A",
      count: undefined,
      body,
    },
  );
  // Programs that forgive a bare line feed would find another part in the note.
  const hidden = `x\n--A\n${named("role")}\n\nadmin\n--A`;
  const rewritten: readonly string[] = [
    multipart("A", part(named("role"), "user"), part(named("note"), hidden)),
    multipart(
      "A",
      part(`content-disposition:form-data;name="role"`, "user"),
      part(named("note"), hidden),
    ),
    multipart("A", part(`${named("role")}\r\nX-Kind: other`, "user"), part(named("note"), hidden)),
  ];
  for (const sent of rewritten) {
    const got = (await send("POST", "/forms", sent, [
      "Content-Type",
      "Multipart/Form-Data; boundary=A",
    ])) as Sent;
    const [, boundary = ""] =
      /^multipart\/form-data; boundary=(portcullis-[0-9a-f]{36})$/.exec(got.type ?? "") ?? [];
    assert.ok(boundary !== "", got.type ?? "no type");
    assert.equal(
      got.body,
      multipart(boundary, part(named("role"), "user"), part(named("note"), hidden)),
    );
  }
  const files = multipart(
    "A",
    part(`${named("file")}; filename="a b.png"\r\nContent-Type: IMAGE/PNG`, "\x00\xff"),
    part(`${named("count")}\r\nContent-Length: 3`, "1e2"),
  );
  const got = (await send("POST", "/forms", files, [
    "Content-Type",
    "multipart/form-data; boundary=A",
  ])) as Sent;
  assert.match(got.body, /name="file"; filename="a b.png"\r\nContent-Type: image\/png\r\n\r\n/);
  assert.match(got.body, /name="count"\r\n\r\n100\r\n/);
  for (const unread of [
    part(`${named("note")}\r\nContent-Type: text/plain; charset=utf-16`, "x"),
    part(`${named("note")}\r\nContent-Type: multipart/mixed; boundary=B`, "x"),
    part(`${named("note")}\r\nContent-Disposition: form-data; name="role"`, "x"),
    part(named("note"), "\xff"),
    part(`Content-Disposition: form-data; name="note"; name="role"`, "x"),
    part(`Content-Disposition: form-data; name*=utf-8''role`, "x"),
  ])
    assert.equal(
      await send("POST", "/forms", Buffer.from(multipart("A", unread), "latin1"), [
        "Content-Type",
        "multipart/form-data; boundary=A",
      ]),
      "body-malformed",
      unread,
    );
});
