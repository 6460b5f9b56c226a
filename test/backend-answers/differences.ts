/** Why another reader makes something else of some rows. */
export interface Difference {
  readonly rows: RegExp;
  readonly why: string;
}

const extensions: Difference = {
  rows: /extension/,
  why: "It looks at chunk extensions less closely, or does not bound them.",
};
const codings: Difference = {
  rows: /Transfer-Encoding/i,
  why: "It takes codings that it does not know for none, several for one, and one beside a length.",
};
const statuses: Difference = {
  rows: /^status \d/,
  why: "It takes any three digits for a status.",
};
const reasons: Difference = {
  rows: /within a reason$|ends? the status line$/,
  why: "It takes any byte within a reason.",
};
const oldChunks: Difference = {
  rows: /^chunks in HTTP\/1\.0$/,
  why: "It reads chunks in HTTP/1.0 (RFC 9112 section 6.1 calls such framing faulty).",
};
const zeros: Difference = {
  rows: /^seventeen digits/,
  why: "It takes any number of zeros before a size.",
};
const fieldCount: Difference = {
  rows: /^three hundred fields$/,
  why: "It counts no fields.",
};

/** What undici takes and the gate refuses. */
export const undiciTakes: readonly Difference[] = [
  extensions,
  codings,
  statuses,
  reasons,
  oldChunks,
  zeros,
  fieldCount,
  {
    rows: /is no status line$/,
    why: "It takes empty lines before the status line, none behind the code, and other protocols.",
  },
  { rows: /of nine thousand bytes$/, why: "Its bound is on the head alone, and not on a line." },
  { rows: /^Content-Length "9007199254740993" of a HEAD$/, why: "It takes lengths of 64 bits." },
  { rows: /^(17|100) answers of 1/, why: "It does not bound interim answers." },
];

/** What the gate takes and undici refuses, or takes for something else. */
export const undiciElse: readonly Difference[] = [
  {
    rows: /behind an interim one$|^(1|2|16) answers of 100 before it$/,
    why: "It takes a 100 that was not asked for, which RFC 9110 section 15.2 allows, for a fault.",
  },
];

/** What nginx takes and the gate refuses. */
export const nginxTakes: readonly Difference[] = [
  extensions,
  codings,
  statuses,
  reasons,
  oldChunks,
  zeros,
  fieldCount,
  {
    rows: /bare LF|LF CR|CR CR LF|^0x0a/,
    why: "It takes a bare LF for the end of a line, and a CR before it for part of the value.",
  },
  { rows: /trailer/, why: "It drops trailers without a look." },
  {
    rows: /^interim, cut|^an interim answer|^\d+ answers of 1|^a switch that nobody/,
    why: "It takes interim answers for the last ones, and passes a switch on that nobody asked for.",
  },
  {
    rows: /^content-length: \d+ and content-length: \d+/i,
    why: "It takes one of several equal lengths, and looks at no length where the name differs.",
  },
  {
    rows: /^(no colon|a second status line|a name above ASCII|no name), as/,
    why: "It drops fields that it cannot read.",
  },
  { rows: /within a name$|begins a name$/, why: "It drops fields of names that it does not know." },
  { rows: /ends the last field$/, why: "It takes control characters at the end of a value." },
  { rows: /within a value$/, why: "It takes control characters within a value." },
  { rows: /^a size too (large|small)/, why: "It passes on what came before a chunk was wrong." },
  {
    rows: /\(chunks\)$|of a chunk|behind a (chunk|size)/,
    why: "What was wrong came behind a part that it had passed on.",
  },
  {
    rows: /^a blank value|of nine thousand bytes$|of .*thousand bytes$/,
    why: "Its bound is another.",
  },
  {
    rows: /is no status line$|status line is wrong/,
    why: "It takes other protocols, what it cannot read for an answer of HTTP/0.9, and more or less than one space.",
  },
  { rows: /^Content-Length "/, why: "It takes other lengths." },
];

/** What the gate takes and nginx refuses, or takes for something else. */
export const nginxElse: readonly Difference[] = [
  {
    rows: /behind an interim one$|answers of 1\d\d before it$/,
    why: "It takes an interim answer for the last one.",
  },
  {
    rows: /of eight thousand bytes$|^two hundred fields$/,
    why: "Its buffer for heads is smaller.",
  },
];
