import { type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";

type Collection = Extract<Event, { readonly start: number }>;

const isList = 8;
const isMap = 9;
/** Maps with more keys are looked up by a table, which is kept. */
const fewKeys = 16;

/** Where the parts of plain YAML stand: thirteen bytes for each, found when somebody asks. */
export class YamlPositions {
  readonly #text: string;
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  /** The event behind a node. */
  readonly #next: Int32Array;
  /** How a scalar is written, or that it is a list or a map. */
  readonly #kind: Uint8Array;
  readonly #tables = new Map<number, ReadonlyMap<string, number>>();

  constructor(text: string, events: number) {
    this.#text = text;
    this.#start = new Int32Array(events);
    this.#end = new Int32Array(events);
    this.#next = new Int32Array(events);
    this.#kind = new Uint8Array(events);
  }

  scalar(index: number, { style, valueEnd, valueStart }: ScalarEvent): void {
    this.#start[index] = valueStart;
    this.#end[index] = valueEnd;
    this.#next[index] = index + 1;
    this.#kind[index] = style;
  }

  collection(index: number, { start, type }: Collection, next: number): void {
    this.#start[index] = start;
    this.#next[index] = next;
    this.#kind[index] = type === 3 ? isMap : isList;
  }

  /** The offset of what stands at these keys; of the nearest that is there, where it is not. */
  offsetOf(path: readonly string[]): number {
    let node = 1;
    let offset = this.#offset(node);
    for (const key of path) {
      const kind = this.#kind[node];
      const found =
        kind === isMap
          ? this.#keyIn(node, key)
          : kind === isList
            ? this.#item(node, key)
            : undefined;
      if (found === undefined) return offset;
      offset = this.#offset(found);
      node = kind === isMap ? found + 1 : found;
    }
    return offset;
  }

  #offset(index: number): number {
    const start = this.#start[index] as number;
    const kind = this.#kind[index];
    if (kind === SCALAR_STYLE.SINGLE_QUOTED || kind === SCALAR_STYLE.DOUBLE_QUOTED)
      return start - 1;
    if (kind === SCALAR_STYLE.LITERAL_BLOCK || kind === SCALAR_STYLE.FOLDED_BLOCK)
      return this.#text.lastIndexOf(kind === SCALAR_STYLE.LITERAL_BLOCK ? "|" : ">", start - 1);
    return start;
  }

  #keyIn(map: number, key: string): number | undefined {
    const table = this.#tables.get(map);
    if (table !== undefined) return table.get(key);
    const made = new Map<string, number>();
    const end = (this.#next[map] as number) - 1;
    for (let at = map + 1; at < end; at = this.#next[at + 1] as number) made.set(this.#key(at), at);
    if (made.size > fewKeys) this.#tables.set(map, made);
    return made.get(key);
  }

  #key(index: number): string {
    const kind = this.#kind[index] as ScalarEvent["style"];
    const [valueStart, valueEnd] = [this.#start[index] as number, this.#end[index] as number];
    if (kind === SCALAR_STYLE.PLAIN) return this.#text.slice(valueStart, valueEnd);
    return getScalarValue(this.#text, { ...quoted, style: kind, valueStart, valueEnd });
  }

  #item(list: number, key: string): number | undefined {
    const end = (this.#next[list] as number) - 1;
    let at = list + 1;
    for (let left = Number(key); left > 0 && at < end; left -= 1) at = this.#next[at] as number;
    return at < end ? at : undefined;
  }
}

/** What a quoted key on one line is beside its place. */
const quoted: Omit<ScalarEvent, "style" | "valueStart" | "valueEnd"> = {
  type: 4,
  anchorStart: -1,
  anchorEnd: -1,
  tagStart: -1,
  tagEnd: -1,
  chomping: 1,
  indent: -1,
  fast: false,
};
