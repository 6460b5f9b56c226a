// Whether the time of an answer tells which addresses have an account: sign-in, sign-up and reset,
// known and unknown addresses in turn, each from a network of its own.
import { performance } from "node:perf_hooks";
import { App } from "../test/identity/app.ts";
import { formTokenOf } from "../test/identity/browser.ts";
import { startIdentityGate } from "../test/identity/identity-gate.ts";
import { mannWhitney, median } from "./mann-whitney.ts";

const pairs = process.argv.includes("--quick") ? 40 : 300;
const gate = await startIdentityGate({
  change: (policy) => `${policy}\ntrustedProxies: [127.0.0.1]\n`,
});
const people = Math.ceil(pairs / 3);
for (let index = 0; index < people; index += 1) gate.addUser(`known-${index}@notes.example`);

let requests = 0;
/**
 * Each sign-in comes from another network, so that no limit of the gate's answers in place of the
 * page.
 */
async function timed(steps: readonly string[], email: string): Promise<number> {
  requests += 1;
  const from = {
    "X-Forwarded-For": `10.${requests >> 16}.${(requests >> 8) & 255}.${requests & 255}`,
  };
  const app = await new App(gate).begin(false);
  const { url } = await app.authorizationUrl();
  let { page = "", url: at } = await app.browser.follow(await app.browser.get(url, from), url);
  for (const intent of steps.slice(0, -1))
    ({ page = "", url: at } = await app.browser.follow(
      await app.browser.post(at, { form: formTokenOf(page), intent }, from),
      at,
    ));
  const began = performance.now();
  const answer = await app.browser.post(
    at,
    {
      form: formTokenOf(page),
      intent: steps.at(-1) ?? "",
      email,
      password: "none of theirs, at all",
    },
    from,
  );
  await answer.arrayBuffer();
  return performance.now() - began;
}

for (const steps of [["password"], ["go-sign-up", "sign-up"], ["go-reset", "reset"]]) {
  const known: number[] = [];
  const unknown: number[] = [];
  for (let index = -5; index < pairs; index += 1) {
    const one = `known-${(index + people) % people}@notes.example`;
    const none = `nobody-${index}-${steps.length}${steps[0]}@notes.example`;
    const first = index % 2 === 0;
    const times = [
      await timed(steps, first ? one : none),
      await timed(steps, first ? none : one),
    ] as const;
    if (index < 0) continue;
    known.push(times[first ? 0 : 1]);
    unknown.push(times[first ? 1 : 0]);
  }
  console.log(
    `${(steps.at(-1) ?? "").padEnd(9)} known ${median(known).toFixed(1)} ms, unknown ${median(unknown).toFixed(1)} ms (medians of ${pairs}), z ${mannWhitney(known, unknown).toFixed(2)}`,
  );
}
gate.close();
