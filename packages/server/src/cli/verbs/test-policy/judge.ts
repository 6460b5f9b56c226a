import { isDeepStrictEqual } from "node:util";
import type { Expectation } from "./test-file.ts";
import type { Happened, Sent } from "./testing-gate.ts";

/** What was otherwise than a test expects; empty where all was as it must be. */
export function judge(expected: Expectation, happened: Happened): readonly string[] {
  const { record, sent, status } = happened;
  const outcome = record.code === undefined ? "passed" : "refused";
  const wrong: string[] = [];
  if (outcome !== expected.outcome)
    wrong.push(`expected ${expected.outcome}, and it was ${outcome}${reasonOf(happened)}`);
  else if (expected.code !== undefined && record.code !== expected.code)
    wrong.push(`expected the code ${expected.code}, and it was ${record.code ?? "none"}`);
  if (expected.status !== undefined && status !== expected.status)
    wrong.push(`expected the status ${expected.status}, and it was ${status}`);
  if (expected.sent !== undefined) wrong.push(...judgeSent(expected.sent, sent));
  return [...wrong, ...judgeBody(expected, happened.body)];
}

function reasonOf({ record }: Happened): string {
  const detail = record.decisions.find(({ code }) => code === record.code)?.detail;
  return record.code === undefined
    ? ""
    : ` (${record.code}${detail === undefined ? "" : `: ${detail}`})`;
}

function judgeSent(
  expected: NonNullable<Expectation["sent"]>,
  sent: Sent | undefined,
): readonly string[] {
  if (sent === undefined) return ["expected the backend to be asked, and it was not"];
  const wrong: string[] = [];
  if (expected.method !== undefined && expected.method !== sent.method)
    wrong.push(`expected the backend to be sent ${expected.method}, and it was ${sent.method}`);
  if (expected.path !== undefined && expected.path !== sent.target)
    wrong.push(`expected the backend to be asked for ${expected.path}, and it was ${sent.target}`);
  for (const [name, value] of Object.entries(expected.headers ?? {}))
    if (!hasField(sent.headers, name, value))
      wrong.push(`expected the backend to be sent ${name}: ${value}`);
  if (expected.body !== undefined && !isDeepStrictEqual(readJson(sent.body), expected.body))
    wrong.push(`expected another body for the backend than ${sent.body?.toString() ?? "none"}`);
  return wrong;
}

function hasField(flat: readonly string[], name: string, value: string): boolean {
  return flat.some(
    (one, index) =>
      index % 2 === 0 && one.toLowerCase() === name.toLowerCase() && flat[index + 1] === value,
  );
}

function judgeBody({ body, hides = [], sees = [] }: Expectation, text: string): readonly string[] {
  if (body === undefined && hides.length === 0 && sees.length === 0) return [];
  const value = readJson(text);
  const wrong = sees
    .filter((pointer) => !stands(value, pointer))
    .map((pointer) => `expected ${pointer} in the answer`);
  wrong.push(
    ...hides
      .filter((pointer) => stands(value, pointer))
      .map((pointer) => `expected no ${pointer} in the answer`),
  );
  if (body !== undefined && !isDeepStrictEqual(value, body))
    wrong.push(`expected another body than ${text === "" ? "none" : text}`);
  return wrong;
}

/** Undefined for what is no JSON. */
function readJson(text: Buffer | string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text.toString()) as unknown);
  } catch {
    return undefined;
  }
}

function stands(value: unknown, pointer: string): boolean {
  let at = value;
  for (const token of pointer.slice(1).split("/")) {
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return false;
    at = (at as Record<string, unknown>)[name];
  }
  return true;
}
