import { readFileSync, statSync } from "node:fs";
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLError,
} from "yaml";
import type { Fault, SourcePosition } from "./api-document.ts";
import { readStrictJsonText } from "../reading/strict-json.ts";
import { JsonPositions } from "./json-positions.ts";
import { countAnchors, readPlainYaml } from "./plain-yaml.ts";

/** A parsed file that can say where each of its parts stands. */
export interface SourceDocument {
  readonly file: string;
  readonly value: unknown;
  /** Where the value at these keys stands; the nearest ancestor's place when it does not exist. */
  positionOf(path: readonly string[]): SourcePosition;
}

/** Each is looked for among all of them. */
const mostAnchors = 4000;
const mostBytes = 20 * 1024 * 1024;

/** A path with parameters where YAML wants quotes: `{ path: /v1/customers/{customerId}/** }`. */
const bareTemplate =
  /(:[ \t]+|\[[ \t]*|,[ \t]+)((?:[A-Z]+ )?\/[^\s"'{},]*(?:\{[A-Za-z0-9_.-]+\}[^\s"'{},]*)+)(?=[ \t]*[,}\]])/g;

/**
 * Reads YAML 1.2 or JSON, which is YAML. Aliases are bounded, tags and duplicate keys refused.
 *
 * @param options `bareTemplates`: where the text is not YAML only because paths with parameters
 *   stand unquoted between
 * braces, as people write them, they are read as if they were quoted
 */
export function readDocument(
  file: string,
  options: { readonly bareTemplates?: boolean } = {},
): { readonly document?: SourceDocument; readonly faults: readonly Fault[] } {
  const at = (line: number, column: number, message: string, mend?: string): Fault => ({
    file,
    line,
    column,
    severity: "error",
    message,
    ...(mend === undefined ? {} : { mend }),
  });
  let text: string;
  try {
    if (statSync(file).size > mostBytes)
      return { faults: [at(1, 1, `the file is larger than ${mostBytes} bytes`)] };
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (fault) {
    const code = (fault as NodeJS.ErrnoException).code;
    return {
      faults: [
        at(
          1,
          1,
          code === "ENOENT"
            ? "the file does not exist"
            : code === undefined || code === "ERR_ENCODING_INVALID_ENCODED_DATA"
              ? "the file is not UTF-8"
              : `the file cannot be read (${code})`,
        ),
      ],
    };
  }
  const quick = readJsonDocument(file, text) ?? readPlainDocument(file, text);
  if (quick !== undefined) return { document: quick, faults: [] };
  if (countAnchors(text) > mostAnchors)
    return {
      faults: [
        at(
          1,
          1,
          `it names more than ${mostAnchors} anchors`,
          "Write the repeated parts out, or refer to them by $ref.",
        ),
      ],
    };
  const first = parseYaml(text);
  const { lines, parsed } =
    first.parsed.errors.length > 0 && options.bareTemplates === true
      ? preferWhole(first, parseYaml(text.replaceAll(bareTemplate, '$1"$2"')))
      : first;
  const position = (offset: number): SourcePosition => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const faults: Fault[] = [...parsed.errors, ...parsed.warnings].map((error) => ({
    ...position(error.pos[0]),
    severity: "error" as const,
    message: withoutText(error),
  }));
  if (faults.length > 0) return { faults };
  let value: unknown;
  try {
    value = parsed.toJS({ maxAliasCount: 1000 });
  } catch (fault) {
    return {
      faults: [
        at(
          1,
          1,
          /^[A-Za-z ,-]+/.exec((fault as Error).message)?.[0].trim() ?? "it cannot be resolved",
          "Write the repeated parts out, or fewer aliases.",
        ),
      ],
    };
  }
  return {
    document: { file, value, positionOf: (path) => position(offsetOf(parsed, path)) },
    faults: [],
  };
}

/** Messages of the parser that end in what stands in the file, which may be a secret. */
const quoting: ReadonlySet<string> = new Set([
  "BAD_ALIAS",
  "BAD_DIRECTIVE",
  "BAD_DQ_ESCAPE",
  "TAG_RESOLVE_FAILED",
  "UNEXPECTED_TOKEN",
]);

/** The place is told, and what is wrong with it; what stands there is for the person to look up. */
function withoutText({ code, message }: YAMLError): string {
  const [line = ""] = message.split("\n");
  if (line.startsWith("Maximum call stack")) return "it is nested too deeply to be read";
  return quoting.has(code) ? (/^[A-Za-z ,-]+/.exec(line)?.[0].trim() ?? "not YAML") : line;
}

/**
 * JSON is YAML, and is read as such where it has a fault to be told. Where it has none, JSON.parse
 * takes a twentieth of the time, and a large document is served that much sooner.
 */
function readJsonDocument(file: string, text: string): SourceDocument | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const read = readStrictJsonText(text);
  if ("unread" in read) return undefined;
  return documentOf(file, text, read.value, new JsonPositions(text));
}

/** Most YAML is plain, and need not be kept as nodes to say where its parts stand. */
function readPlainDocument(file: string, text: string): SourceDocument | undefined {
  const read = readPlainYaml(text);
  return read === undefined ? undefined : documentOf(file, text, read.value, read.positions);
}

function documentOf(
  file: string,
  text: string,
  value: unknown,
  positions: { offsetOf(path: readonly string[]): number },
): SourceDocument {
  const lines = new LineCounter();
  let counted = false;
  return {
    file,
    value,
    positionOf: (path) => {
      if (!counted) {
        counted = true;
        lines.addNewLine(0);
        for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1))
          lines.addNewLine(at + 1);
      }
      const { line, col } = lines.linePos(positions.offsetOf(path));
      return { file, line, column: col };
    },
  };
}

interface ParsedYaml {
  readonly lines: LineCounter;
  readonly parsed: Document.Parsed;
}

function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  return {
    lines,
    parsed: parseDocument(text, {
      lineCounter: lines,
      uniqueKeys: true,
      strict: true,
      version: "1.2",
      merge: true,
      stringKeys: true,
      prettyErrors: false,
    }),
  };
}

const preferWhole = (first: ParsedYaml, second: ParsedYaml): ParsedYaml =>
  second.parsed.errors.length === 0 ? second : first;

function offsetOf(parsed: Document, path: readonly string[]): number {
  let node: unknown = parsed.contents;
  let offset = rangeStart(node) ?? 0;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(parsed);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (pair === undefined) return offset;
      offset = rangeStart(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = rangeStart(node) ?? offset;
    } else return offset;
  }
  return offset;
}

const rangeStart = (node: unknown): number | undefined => (node as Node | null)?.range?.[0];
