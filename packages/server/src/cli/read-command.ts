import { parseArgs } from "node:util";
import { nearest } from "@portcullis/guard/policy";
import { Misuse } from "./terminal.ts";
import type { Command, Flags, Verb } from "./verb.ts";
import { type ListedVerb, verbTable } from "./verb-table.ts";

/**
 * The verb with this name or alias.
 *
 * @throws Misuse with the nearest name that there is
 */
export function findVerb(name: string): readonly [name: string, verb: ListedVerb] {
  const found = Object.entries(verbTable).find(
    ([known, { aliases }]) => known === name || aliases.includes(name),
  );
  if (found !== undefined) return found;
  const names = Object.entries(verbTable).flatMap(([known, { aliases }]) => [known, ...aliases]);
  throw new Misuse(
    `there is no verb '${name}'${meant(name, ["help", ...names])}\nType 'portcullis help' for all of them.`,
  );
}

/**
 * What was asked of a verb.
 *
 * @throws Misuse with what to type next
 */
export function readCommand(name: string, verb: Verb, argv: readonly string[]): Command {
  for (const argument of argv) {
    const flag = /^--([^=]+)/.exec(argument)?.[1];
    if (flag === undefined || Object.hasOwn(verb.flags, flag)) continue;
    const near = meant(flag, Object.keys(verb.flags), "--");
    throw new Misuse(
      `'portcullis ${name}' has no flag '--${flag}'${near}\n` +
        `Type 'portcullis ${name} --help' for all of them.`,
    );
  }
  const { values, words } = parse(verb, argv);
  const { actions } = verb;
  const [action, ...rest] = words;
  if (actions === undefined) return { values, words: atMost(verb, words, verb.takes) };
  if (action === undefined) return { values, words };
  if (!Object.hasOwn(actions, action)) {
    const names = Object.keys(actions);
    const near = meant(action, names);
    throw new Misuse(
      `there is no 'portcullis ${name} ${action}'` +
        `${near === "" ? `; expected ${names.join(", ")}` : near}\n` +
        `Type 'portcullis ${name} --help' for what each does.`,
    );
  }
  return { values, words: [action, ...atMost(verb, rest, actions[action]?.takes)] };
}

function parse(verb: Verb, argv: readonly string[]): Command {
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      options: optionsOf(verb.flags),
      allowPositionals: true,
      strict: true,
    });
    return { values, words: positionals };
  } catch (fault) {
    throw new Misuse(`${(fault as Error).message}\nFor example: ${verb.example}`);
  }
}

const optionsOf = (flags: Flags) =>
  Object.fromEntries(
    Object.entries(flags).map(([flag, { multiple, type }]) => [
      flag,
      { type, multiple: multiple === true },
    ]),
  );

function atMost(
  verb: Verb,
  words: readonly string[],
  takes: string | undefined,
): readonly string[] {
  const most = takes === undefined ? 0 : (verb.mostWords ?? 1);
  if (words.length > most)
    throw new Misuse(`'${words[most]}' is one word too many.\nFor example: ${verb.example}`);
  return words;
}

function meant(written: string, known: readonly string[], prefix = ""): string {
  const name = nearest(written, known);
  return name === undefined ? "" : `; did you mean '${prefix}${name}'?`;
}
