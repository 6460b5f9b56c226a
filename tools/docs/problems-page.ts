import { type ModeKey, modeKeys } from "@portcullis/guard/policy";
import { problemCatalogue } from "@portcullis/guard/problems";

const kindWords: Readonly<Record<ModeKey["kind"], string>> = {
  always: " Always enforced.",
  named: " Observed under a mode for all keys.",
  own: " Off unless the policy or a switch names this very key.",
  settable: "",
};

/** docs/problems.md: every way in which the gate says no, by the mode key that sets it. */
export function problemsPage(): string {
  return [
    "# Problems",
    "Every refusal of the gate is `application/problem+json` (RFC 9457). `code` is stable and safe to switch on; `traceId` finds the record of the request, whose `decisions[].detail` says more than the caller is told. The running gate shows each of them at `/problems/<code>`. A heading below is a key of the policy's `mode`: `off`, `observe` (shadow, dry run, log only or report only in other products) or `enforce`.",
    "This page is written from the code by `npm run docs`.",
    ...modeKeys.flatMap(sectionOf),
    "",
  ].join("\n\n");
}

function sectionOf({ answers, key, kind, sentence }: ModeKey): string[] {
  const problems = [...problemCatalogue.values()].filter(({ mode }) => mode === key);
  return [
    `## ${key}`,
    `${sentence}${kindWords[kind]}${answers === undefined ? "" : ` ${answers}`}`,
    ...problems.flatMap(({ code, sentence: advice, status, title }) => [
      `### \`${code}\` (${status})`,
      `${title}. ${advice}`,
    ]),
  ];
}
