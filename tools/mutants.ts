// Changes one line after another that keeps a guarantee, each in a copy of the repository, and says
// which changes no test notices: npm run mutants -- --only binding
import { parseArgs } from "node:util";
import { type Judged, judgeMutants } from "./mutants/judge-mutants.ts";
import { mutants } from "./mutants/table.ts";

/** Folders whose tests speak of what the packages do, and not of the repository. */
const wideFolders = ["client", "faults", "gate", "identity", "policy", "security", "tokens"];

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    wide: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    "at-once": { type: "string", default: "2" },
    "bound-seconds": { type: "string", default: "180" },
  },
});
const pattern = new RegExp(values.only ?? "", "i");
const chosen = mutants.filter(({ area, breaks, file, find }) =>
  [area, breaks, file, find].some((text) => pattern.test(text)),
);
if (chosen.length === 0) refuse(`no row is like '${values.only}'`);
const [atOnce, boundSeconds] = [Number(values["at-once"]), Number(values["bound-seconds"])];
if (!(atOnce >= 1 && boundSeconds >= 1)) refuse("--at-once and --bound-seconds are numbers from 1");

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => stop.abort());
let done = 0;
const judged = await judgeMutants(chosen, {
  atOnce,
  boundMs: boundSeconds * 1000,
  wide: values.wide ? ["packages", ...wideFolders.map((name) => `test/${name}`)] : undefined,
  stop: stop.signal,
  say: (message) => console.error(message),
  onJudged(one) {
    done += 1;
    console.error(`${done}/${chosen.length} ${lineOf(one)}`);
  },
}).catch((fault: unknown) => refuse((fault as Error).message));

const survivors = judged.filter(({ outcome }) => outcome === "survived");
if (values.json) console.log(JSON.stringify(judged, null, 2));
else for (const line of summary()) console.log(line);
process.exitCode = stop.signal.aborted ? 130 : survivors.length > 0 ? 1 : 0;

function lineOf({ mutant: { breaks, file }, noticedBy, outcome }: Judged): string {
  const by = outcome === "killed" ? ` (${noticedBy[0] ?? "a file failed as a whole"})` : "";
  return `${outcome}: ${file}: ${breaks}${by}`;
}

function summary(): string[] {
  const count = (wanted: Judged["outcome"]): number =>
    judged.filter(({ outcome }) => outcome === wanted).length;
  return [
    `${judged.length} changed lines: ${count("killed")} noticed, ` +
      `${count("killed by time")} noticed by not ending in ${boundSeconds} seconds, ` +
      `${count("equivalent")} that change nothing, ${count("survived")} noticed by no test.`,
    ...judged.flatMap(({ mutant: { equivalent, file, find } }) =>
      equivalent === undefined ? [] : [`changes nothing: ${file}: ${find}\n  ${equivalent}`],
    ),
    ...survivors.map(
      ({ mutant: { breaks, file, find, put, tests } }) =>
        `survived: ${file}\n  - ${find}\n  + ${put}\n  ${breaks}\n  asked: ${tests.join(", ")}`,
    ),
  ];
}

function refuse(message: string): never {
  console.error(`npm run mutants: ${message}`);
  process.exit(2);
}
