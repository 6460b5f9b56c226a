/** What the app does with the client of the page's example, which stands beside it as `sample`. */
import { Unknown } from "@portcullis/client";
import { client } from "./sample";

const stateOf = (name, member) => {
  const value = globalThis[name];
  return value === undefined ? "absent" : member in value ? "present" : `no ${member}`;
};

async function run() {
  const seen = [];
  client.on("signed-in", () => seen.push("signed-in"));
  client.on("signed-out", ({ reason }) => seen.push(reason));
  await client.signIn();
  const read = await client.send("/notes");
  const written = await client.send("/notes", { method: "POST", body: { text: "déjà vu" } });
  const { aud, sub } = await client.claims();
  const lost = await client
    .send("/notes", { method: "POST", body: { text: "lost" } })
    .catch((fault) => fault);
  await client.signOut();
  return {
    read: read.status,
    written: [written.status, typeof (await written.json())],
    claims: [aud, typeof sub],
    lost: [lost instanceof Unknown, lost.outcome, lost.sent && lost.sent.body],
    seen,
    signedIn: await client.isSignedIn(),
    lacks: {
      timeout: stateOf("AbortSignal", "timeout"),
      subtle: stateOf("crypto", "subtle"),
      randomUUID: stateOf("crypto", "randomUUID"),
      TextEncoder: stateOf("TextEncoder", "prototype"),
      btoa: typeof btoa,
    },
    fetch: String(globalThis.fetch.polyfill),
  };
}

run().then(
  (report) => globalThis.nativeDone(JSON.stringify({ report })),
  (fault) =>
    globalThis.nativeDone(
      JSON.stringify({ fault: `${fault} ${fault.cause} ${fault.stack}`.slice(0, 4000) }),
    ),
);
