import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, createContext, Script } from "node:vm";
import { promisify } from "node:util";

/** Answers what the app asks of the world, by the question; answers are JSON. */
export type World = (question: string) => Promise<string>;

/** What the app says at its end: a report, or its fault. */
export interface Outcome {
  readonly report?: Readonly<Record<string, unknown>>;
  readonly fault?: string;
}

interface Program {
  /** The bundle, as React Native's tool has written it. */
  readonly bundle: string;
  /** The client's own SHA-256, in place of the one that phones have natively. */
  readonly sha256: string;
}

const nativeSide = readFileSync(join(import.meta.dirname, "native-side.cjs"), "utf8");
/** Another phone each time: proofs of one that was there before would be replays. */
const newSeed = (): number => Math.floor(Math.random() * 2 ** 32);

/** V8 without anything of the web: a context has the language's own globals and no others. */
export function runInBareV8({ bundle, sha256 }: Program, world: World): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const timers = new Set<NodeJS.Timeout>();
    const done = (outcome: Outcome): void => {
      for (const timer of timers) clearTimeout(timer);
      resolve(outcome);
    };
    // Its global is an ordinary one: another does not bear polyfills that replace themselves.
    const context = createContext(constants.DONT_CONTEXTIFY);
    Object.assign(context, {
      nativeSeed: newSeed(),
      nativeTimers: {
        set(work: () => void, ms: number) {
          const timer = setTimeout(work, ms);
          timers.add(timer);
          return timer;
        },
        clear: (timer: NodeJS.Timeout) => clearTimeout(timer),
      },
      nativeLog: (text: string) => console.error(text),
      nativeAsk: (question: string, answer: (text: string) => void) =>
        void world(question).then(answer, reject),
      nativeDone: (text: string) => done(JSON.parse(text) as Outcome),
    });
    const run = (text: string, filename: string): void =>
      void new Script(text, { filename }).runInContext(context);
    run(sha256, "sha256.js");
    run(nativeSide, "native-side.cjs");
    run(bundle, "main.jsbundle");
  });
}

const before = (seed: number, now: number, answers: string): string => `
var nativeSeed = ${seed};
var nativeTicks = ${now};
Date.now = function () { return (nativeTicks += 1); };
// This program's own timers do not wait: what would give up after a while never does.
var nativeTimers = (function (later) {
  return {
    set: function (work, ms) { if (ms < 5000) later(work, 0); return {}; },
    clear: function () {},
  };
})(setTimeout);
function nativeLog(text) { print("log " + text); }
function nativeDone(text) { print("done " + text); }
var nativeAnswers = ${answers};
function nativeAsk(question, answer) {
  if (question in nativeAnswers) Promise.resolve(nativeAnswers[question]).then(answer);
  else print("ask " + question);
}
`;

/**
 * Hermes, which has no way out: each run ends at questions that the world has not answered yet, and
 * the next knows their answers. With its own clock and random numbers, it asks the same again.
 */
export async function runInHermes(
  hermes: string,
  folder: string,
  { bundle, sha256 }: Program,
  world: World,
): Promise<Outcome> {
  const answers: Record<string, string> = {};
  const [seed, now] = [newSeed(), Date.now()];
  const file = join(folder, "hermes.js");
  for (let runs = 0; runs < 60; runs += 1) {
    const parts = [before(seed, now, JSON.stringify(answers)), sha256, nativeSide, bundle];
    writeFileSync(file, parts.join("\n"));
    const { stdout } = await promisify(execFile)(
      hermes,
      ["-w", "-Xes6-promise", "-Xmicrotask-queue", file],
      {
        maxBuffer: 64 * 1024 * 1024,
      },
    ).catch((fault: { stdout: string; stderr: string }) => {
      throw new Error(`${fault.stderr}\n${fault.stdout}`.slice(0, 4000));
    });
    const lines = stdout.split("\n");
    const said = (word: string): readonly string[] =>
      lines
        .filter((line) => line.startsWith(`${word} `))
        .map((line) => line.slice(word.length + 1));
    const [outcome] = said("done");
    if (outcome !== undefined) return JSON.parse(outcome) as Outcome;
    const questions = said("ask").filter((question) => answers[question] === undefined);
    if (questions.length === 0)
      throw new Error(`the app asks for nothing and does not end: ${stdout}`);
    for (const question of questions) answers[question] = await world(question);
  }
  throw new Error("the app does not end");
}
