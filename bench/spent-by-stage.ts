/** A profile as V8 writes it. */
export interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

export interface Spent {
  readonly name: string;
  readonly microseconds: number;
}

/** Stages by the file that a function stands in. The first that fits counts. */
const stages: readonly (readonly [RegExp, string])[] = [
  [/guard\/src\/controls\/protocol\//, "arrive"],
  [/guard\/src\/controls\/([a-z-]+)\//, "control: $1"],
  [
    /guard\/src\/journey\/(receive-answer|answer-fields|field-rules|shape-answer|send-held|kept-fields|decode-answer|encode-answer|entity-tag|single-fields|write-head)/,
    "filter",
  ],
  [
    /guard\/src\/journey\/record\.ts|facts\/record|facts\/named|server\/src\/watch\/|gate\/report/,
    "record",
  ],
  [
    /guard\/src\/journey\/route\.ts|guard\/src\/document\/(operation-table|route|canonical|segment)/,
    "route",
  ],
  [/guard\/src\/doors\//, "door"],
  [/server\/src\/listener\//, "door: listener"],
  [/server\/src\/upstream\/|undici|guard\/src\/journey\/(forward|backend-fields)/, "upstream"],
  [/guard\/src\/journey\/|guard\/src\/gate\.ts/, "journey"],
  [/server\/src\//, "server: other"],
];
/** Functions of Node that are entered from outside, by what they serve. */
const nodeStages: readonly (readonly [RegExp, string])[] = [
  [/^node:(_http|internal\/http|internal\/http2|http)/, "node: http"],
  [
    /^node:(net|internal\/stream_base|stream|internal\/streams|tls|_tls)/,
    "node: sockets and streams",
  ],
  [/^node:/, "node: other"],
];

/** What was spent, by the innermost stage that each sample was in, and by function. */
export function spentBy({ nodes, samples, timeDeltas }: Profile): {
  readonly busyMicroseconds: number;
  readonly stages: readonly Spent[];
  readonly functions: readonly Spent[];
} {
  const own = new Map<number, number>();
  samples.forEach((node, index) => own.set(node, (own.get(node) ?? 0) + (timeDeltas[index] ?? 0)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const [byStage, byFunction] = [new Map<string, number>(), new Map<string, number>()];
  let busyMicroseconds = 0;
  const walk = (node: ProfileNode, above: string): void => {
    const { callFrame, children = [], id } = node;
    const stage = stageOf(callFrame) ?? nodeStageOf(callFrame, above) ?? above;
    const spent = own.get(id) ?? 0;
    if (callFrame.functionName !== "(idle)" && !isSampler(callFrame)) {
      busyMicroseconds += spent;
      byStage.set(stage, (byStage.get(stage) ?? 0) + spent);
      const name = nameOf(callFrame);
      byFunction.set(name, (byFunction.get(name) ?? 0) + spent);
    }
    for (const child of children) walk(byId.get(child) as ProfileNode, stage);
  };
  walk(nodes[0] as ProfileNode, "engine");
  return { busyMicroseconds, stages: sorted(byStage), functions: sorted(byFunction) };
}

const sorted = (map: ReadonlyMap<string, number>): Spent[] =>
  [...map]
    .map(([name, microseconds]) => ({ name, microseconds }))
    .filter(({ microseconds }) => microseconds > 0)
    .sort((a, b) => b.microseconds - a.microseconds);

function stageOf({ functionName, url }: CallFrame): string | undefined {
  if (functionName === "(garbage collector)") return "collector";
  if (functionName === "(program)") return "system calls and the engine";
  if (/^(write|shutdown|readStart|readStop)/.test(functionName) && url === "")
    return "socket writes";
  const found = stages.find(([file]) => file.test(url));
  return found === undefined
    ? undefined
    : (found[0].exec(url)?.[1] ?? "") === "" || !found[1].includes("$1")
      ? found[1]
      : found[1].replace("$1", found[0].exec(url)?.[1] ?? "");
}

/** What a stage of ours asks of Node counts for that stage. */
function nodeStageOf({ url }: CallFrame, above: string): string | undefined {
  if (above !== "engine" && !above.startsWith("node:")) return undefined;
  return nodeStages.find(([file]) => file.test(url))?.[1];
}

/** What sampling itself costs: its end, most of all. */
const isSampler = ({ functionName, url }: CallFrame): boolean =>
  functionName === "post" && url === "node:inspector";

const nameOf = ({ functionName, lineNumber, url }: CallFrame): string =>
  `${functionName || "(anonymous)"} ${url.split("/").slice(-2).join("/")}:${lineNumber + 1}`;
