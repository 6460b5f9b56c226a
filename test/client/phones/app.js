/** What the app does with the client of the page's example, which stands beside it. */
import { Unknown } from "@portcullis/client";
import * as React from "react";
import TestRenderer from "react-test-renderer";
import { client, usePortcullis } from "./client";

const stateOf = (name, member) => {
  const value = globalThis[name];
  return value === undefined ? "absent" : member in value ? "present" : `no ${member}`;
};

/** A screen that says who is signed in, and what it has said. */
function showScreen() {
  const said = [];
  function Screen() {
    const { claims, status } = usePortcullis();
    said.push(claims === undefined ? status : `${status} ${typeof claims.sub}`);
    return null;
  }
  TestRenderer.create(React.createElement(Screen));
  return said;
}

async function run() {
  const seen = [];
  const said = showScreen();
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
  await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    screen: [...new Set(said)],
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
