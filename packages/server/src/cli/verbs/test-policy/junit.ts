import type { Judged } from "./judged.ts";

/** The outcome as JUnit's XML, which build servers read. */
export function asJunit(all: readonly Judged[]): string {
  const failures = all.filter(({ wrong }) => wrong.length > 0).length;
  const cases = all.map(({ durationMs, file, name, wrong }) => {
    const head = `<testcase classname="${escaped(file)}" name="${escaped(name)}" time="${(durationMs / 1000).toFixed(4)}"`;
    return wrong.length === 0
      ? `  ${head}/>`
      : `  ${head}><failure message="${escaped(wrong[0] ?? "")}">${escaped(wrong.join("\n"))}</failure></testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="portcullis" tests="${all.length}" failures="${failures}">`,
    ...cases,
    "</testsuite>",
  ].join("\n");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
};
const escaped = (text: string): string =>
  text
    .replaceAll(/[&<>"\n]/g, (character) => entities[character] ?? "")
    // What XML 1.0 cannot hold at all.
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, "?");
