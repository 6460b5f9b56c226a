import { headerProblems } from "../../facts/header-fields.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import { type HostField, readHost } from "../../reading/host-name.ts";
import { type Check, step } from "../check.ts";
import { defineControl } from "../control.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";

export interface HostPlan {
  /** In small letters. Empty where the gate answers to any name. */
  readonly names: readonly string[];
}

export const host = defineControl({
  name: "host",
  sentence: "Whether the request is meant for this API, by the name that it asks for.",
  modeKeys: [
    {
      key: "host",
      kind: "settable",
      sentence: "Which names in the Host field are the API's own.",
    },
  ],
  keys,
  problems: [problems],
  plan: ({ hosts = [], publicUrl }: PolicyOf<typeof keys & CoreKeys>): HostPlan => ({
    names: [
      ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
      ...hosts.map((name) => name.toLowerCase()),
    ],
  }),
  first: {
    judge: step({ title: "host", mode: undefined, needs: ["fields"], gives: ["host"] }),
  },
  compileFirst: (_live, { names }) => ({ judge: compileJudge(names) }),
});

const malformed = refuse(headerProblems["header-malformed"], { detail: "Host is no host" });
const unknown = (name: string): Refusal =>
  refuse(problems["host-unknown"], { detail: `asked for ${name.slice(0, 80)}` });
const mostRemembered = 100;

function compileJudge(names: readonly string[]): Check<"fields", "host"> {
  const known = new Set(names);
  const read = new Map<string, HostField>();
  return (facts) => {
    const sent = facts.fields.host;
    if (sent === undefined) return undefined;
    let field = read.get(sent);
    if (field === undefined) {
      field = readHost(sent);
      if (field === undefined) return malformed;
      if (read.size < mostRemembered) read.set(sent, field);
    }
    facts.host = field.text;
    return known.size === 0 || known.has(field.name) ? undefined : unknown(field.name);
  };
}
