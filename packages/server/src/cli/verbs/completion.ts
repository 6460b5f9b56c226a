import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { Misuse, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";
import { loadVerbs } from "../verb-table.ts";

export const flags: Flags = {};

export const actions = {
  bash: { help: "to use it: source <(portcullis completion bash)" },
  zsh: { help: "to use it: source <(portcullis completion zsh)" },
  fish: { help: "to use it: portcullis completion fish | source" },
} as const;

export const example =
  "portcullis completion bash > ~/.local/share/bash-completion/completions/portcullis";

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** Prints what a shell reads to complete verbs, actions, flags and what flags take. */
export async function run(
  { words: [shell] }: Command,
  _environment: Environment,
  terminal: Terminal,
): Promise<number> {
  if (shell === undefined)
    throw new Misuse(`say which shell: portcullis completion ${Object.keys(scripts).join(", ")}`);
  terminal.out(scripts[shell as keyof typeof scripts](await loadVerbs()));
  return 0;
}
