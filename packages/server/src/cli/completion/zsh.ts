import type { LoadedVerb } from "../verb-table.ts";
import type { Flag } from "../verb.ts";

/** What zsh reads to complete the command. */
export function zshCompletion(verbs: readonly LoadedVerb[]): string {
  const described = [
    ...verbs.map(({ name, summary }) => quoted(`${name}:${summary}`)),
    quoted("help:say what a verb takes"),
  ].join(" ");
  const names = verbs.map(({ name }) => name).join(" ");
  return `#compdef portcullis
# Completes portcullis in zsh. To use it: source <(portcullis completion zsh)
_portcullis() {
  local -a verbs
  verbs=(${described})
  if (( CURRENT == 2 )); then
    _describe verb verbs
    return
  fi
  local verb=$words[2]
  shift words
  (( CURRENT -= 1 ))
  case $verb in
    help) _arguments ${quoted(`1:verb:(${names})`)} ;;
${verbs.map(caseOf).join("\n")}
  esac
}
if [ "$funcstack[1]" = "_portcullis" ]; then _portcullis "$@"; else compdef _portcullis portcullis; fi`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
/** Brackets and colons part a description from what follows it. */
const plain = (text: string): string => text.replaceAll(/[[\]:\\]/g, String.raw`\$&`);

function caseOf({ aliases, name, verb }: LoadedVerb): string {
  const actions = Object.entries(verb.actions ?? {});
  const specifications = [
    ...(actions.length === 0 ? [] : [`1:action:(${actions.map(([action]) => action).join(" ")})`]),
    ...Object.entries(verb.flags).map(([flag, row]) => specificationOf(flag, row)),
  ].map(quoted);
  return `    ${[name, ...aliases].join("|")}) _arguments ${[...specifications, ":"].join(" ")} ;;`;
}

function specificationOf(flag: string, { completes, help, multiple, type }: Flag): string {
  const name = `${multiple === true ? "*" : ""}--${flag}[${plain(help)}]`;
  if (type === "boolean") return name;
  if (completes === "file") return `${name}:file:_files`;
  if (completes === "folder") return `${name}:folder:_files -/`;
  return `${name}:${flag}:${completes === undefined ? "" : `(${completes.join(" ")})`}`;
}
