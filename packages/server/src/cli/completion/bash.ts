import type { LoadedVerb } from "../verb-table.ts";

/** What bash reads to complete the command. Where a flag takes a file, bash's own completion does it. */
export function bashCompletion(verbs: readonly LoadedVerb[]): string {
  const names = [...verbs.map(({ name }) => name), "help"].join(" ");
  return `# Completes portcullis in bash. To use it: source <(portcullis completion bash)
_portcullis() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  local verb="\${COMP_WORDS[1]}" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names}" -- "$word"))
    return
  fi
  case "$verb $before" in
${verbs.flatMap(valuesOf).join("\n")}
  esac
  case "$verb" in
    help) words="${names}" ;;
${verbs.map(wordsOf).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _portcullis portcullis`;
}

const patternOf = ({ aliases, name }: LoadedVerb, after = ""): string =>
  [name, ...aliases].map((one) => `"${one}${after}"`).join("|");

/** After a flag that takes a value, only that value may stand. */
function valuesOf(loaded: LoadedVerb): string[] {
  return Object.entries(loaded.verb.flags).flatMap(([flag, { completes, type }]) => {
    if (type === "boolean") return [];
    const reply =
      typeof completes === "object"
        ? `COMPREPLY=($(compgen -W "${completes.join(" ")}" -- "$word")); return`
        : "return";
    return [`    ${patternOf(loaded, ` --${flag}`)}) ${reply} ;;`];
  });
}

function wordsOf(loaded: LoadedVerb): string {
  const { actions = {}, flags } = loaded.verb;
  const words = Object.keys(flags).map((flag) => `--${flag}`);
  const all = `words="${words.join(" ")}"`;
  const first = Object.keys(actions).join(" ");
  return first === ""
    ? `    ${patternOf(loaded)}) ${all} ;;`
    : `    ${patternOf(loaded)}) ${all}; [ "$COMP_CWORD" -ne 2 ] || words="${first} $words" ;;`;
}
