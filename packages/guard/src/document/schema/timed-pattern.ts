import { createContext, Script } from "node:vm";

/** Longest text given to a pattern whose time grows faster than the text. */
const mostCharacters = 256;
/** A rightful text takes a hundredth of it. */
const mostMs = 20;

const shared: { pattern: RegExp; text: string } = { pattern: /(?:)/, text: "" };
let run: (() => unknown) | undefined;

/**
 * Runs a pattern that may backtrack on short texts, and for a short time: V8 breaks it off. A text
 * that takes longer does not fit, because whoever sent it has written it for that.
 */
export function testInTime(pattern: RegExp, text: string): boolean {
  if (text.length > mostCharacters) return false;
  run ??= compileRun();
  shared.pattern = pattern;
  shared.text = text;
  const startedAt = ownMs();
  do {
    try {
      return run() === true;
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw fault;
    }
    // V8 breaks off by the time of the wall. On a machine that had other work meanwhile, a rightful
    // text is broken off too, and is not to be refused for that.
  } while (ownMs() - startedAt < mostMs);
  return false;
}

/** How long this thread itself has worked, in milliseconds. */
function ownMs(): number {
  const { system, user } = process.threadCpuUsage();
  return (system + user) / 1000;
}

function compileRun(): () => unknown {
  const context = createContext(shared);
  const script = new Script("pattern.test(text)");
  return () => script.runInContext(context, { timeout: mostMs });
}
