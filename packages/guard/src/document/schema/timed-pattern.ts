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
  try {
    return run() === true;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return false;
    throw fault;
  }
}

function compileRun(): () => unknown {
  const context = createContext(shared);
  const script = new Script("pattern.test(text)");
  return () => script.runInContext(context, { timeout: mostMs });
}
