import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../packages/server/src/cli/run.ts";
import { serveAdmin } from "./served-admin.ts";

test("portcullis release says what was released, lists it and takes it back, and refuses what is no release", async () => {
  const admin = await serveAdmin();
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const release = (...words: readonly string[]): Promise<number> =>
    run(
      [
        "release",
        ...words,
        `--directory=${admin.directory}`,
        `--admin=http://127.0.0.1:${admin.port}`,
      ],
      { out: say, error: say },
    );
  try {
    const at = "2025-11-20T11:00:00Z";
    assert.equal(
      await release("harbour-ios", "3.5.0", "--at", at, "--note", "new\u001b[31m\nhome"),
      0,
    );
    assert.equal(said.at(-1), "harbour-ios 3.5.0 was released at 2025-11-20T11:00:00.000Z.");
    assert.equal(await release("list"), 0);
    assert.match(said.at(-1) ?? "", /harbour-ios +3\.5\.0 +said by admin +new \[31m home/);
    assert.equal(await release("withdraw", "harbour-ios", "3.5.0"), 0);
    assert.equal(await release(), 0);
    assert.equal(said.at(-1), "No release is known.");
    assert.deepEqual(
      admin.noted.map(({ operationId, path }) => [operationId, path]),
      [
        ["addRelease", {}],
        ["withdrawRelease", { app: "harbour-ios", version: "3.5.0" }],
      ],
    );
    for (const [words, says] of [
      [["harbour-ios"], /say which version of which app/],
      [["harbour-ios", "3.5.0", "more"], /say which version of which app/],
      [["withdraw", "harbour-ios"], /'harbour-ios' is no version|has no app 'withdraw'/],
      [["withdraw", "harbour-ios", "3.5.0"], /There is no such release/],
      [["harbour-ois", "3.5.0"], /no app 'harbour-ois'; is it 'harbour-ios'\?/],
      [["harbour-ios", "three"], /'three' is no version; expected such as 3\.5\.0/],
      [["harbour-ios", "3.5.0", "--at", "yesterday"], /is no moment; expected such as/],
      [["harbour-ios", "3.5.0", "--at", "2199-01-01T00:00:00Z"], /is yet to come/],
      [["harbour-ios", "3.5.0", "--at", "2001-01-01T00:00:00Z"], /longer ago than 400 days/],
      [["harbour-ios", "3.5.0", "--note", "x".repeat(201)], /200 characters at most/],
    ] as const) {
      assert.equal(await release(...words), 2, words.join(" "));
      assert.match(said.at(-1) ?? "", says);
    }
  } finally {
    await admin.close();
  }
});
