// Whether the time of a 404 tells what is another's from what is not there: the example bank, with
// and without `hide: existence`.
import { performance } from "node:perf_hooks";
import { startGatedBank } from "../examples/harbour/gated-bank.ts";
import type { Send } from "../examples/harbour/send.ts";
import { mannWhitney, median } from "./mann-whitney.ts";

const pairs = process.argv.includes("--quick") ? 100 : 500;

async function time(send: Send, token: string, path: string): Promise<number> {
  const from = performance.now();
  const { status } = await send("GET", path, { token });
  if (status !== 404) throw new Error(`${path}: ${status}`);
  return performance.now() - from;
}

for (const [what, more] of [
  ["without", ""],
  ["with", "  - { match: getAccount, hide: existence }\n"],
] as const) {
  const started = await startGatedBank({ change: (text) => `${text}\n${more}` });
  const send = started.through("3.4.0");
  const token = await started.login("ann", "correct horse");
  const foreign: number[] = [];
  const absent: number[] = [];
  for (let index = -20; index < pairs; index += 1) {
    const first = index % 2 === 0;
    const [one, other] = [
      await time(send, token, first ? "/v1/accounts/a-3" : "/v1/accounts/a-99999"),
      await time(send, token, first ? "/v1/accounts/a-99999" : "/v1/accounts/a-3"),
    ];
    if (index < 0) continue;
    foreign.push(first ? one : other);
    absent.push(first ? other : one);
  }
  console.log(
    `${what.padEnd(8)} hide: existence   another's ${median(foreign).toFixed(2)} ms, not there ${median(absent).toFixed(2)} ms (medians of ${pairs}), z ${mannWhitney(foreign, absent).toFixed(2)}`,
  );
  started.close();
}
