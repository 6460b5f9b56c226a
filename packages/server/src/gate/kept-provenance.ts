import {
  headWords,
  type ProvenanceSize,
  provenanceWays,
  type SharedProvenance,
  SharedProvenanceState,
  setProvenanceCounts,
  sizeOfProvenance,
} from "@portcullis/guard/state";

/** The form of the file that keeps what callers were shown. */
const magic = Buffer.from("PCSHOWN2");
const seedBytes = 16;
const headerBytes = 64;

export interface KeptHeader {
  readonly size: ProvenanceSize;
  readonly seed: Buffer;
}

export const seedsOf = (seed: Buffer): SharedProvenance["seeds"] =>
  [0, 4, 8, 12].map((at) => seed.readInt32LE(at)) as [number, number, number, number];

/** Sizes and seeds: with others, none of what follows can be read. */
export function writeHeader({ callers, idsEach, mostEach }: ProvenanceSize, seed: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes);
  magic.copy(header);
  [callers, idsEach, mostEach].forEach((one, index) => header.writeUInt32LE(one, 8 + index * 4));
  seed.copy(header, 20);
  return header;
}

/** Undefined for a file of another form. */
export function readHeader(bytes: Buffer): KeptHeader | undefined {
  if (bytes.length < headerBytes || !bytes.subarray(0, magic.length).equals(magic))
    return undefined;
  const [callers, idsEach, mostEach] = [8, 12, 16].map((at) => bytes.readUInt32LE(at)) as [
    number,
    number,
    number,
  ];
  const seed = Buffer.from(bytes.subarray(20, 20 + seedBytes));
  return { size: { callers, idsEach, mostEach }, seed };
}

/** Counts what was read: only what comes is counted as it comes. */
export function countKept(shared: SharedProvenance): void {
  const { olderSets, rowSets, rowWords } = sizeOfProvenance(shared.size);
  const rows = rowSets * provenanceWays;
  const heads = new Uint32Array(shared.kept, 0, rows * headWords);
  const olderFrom = rows * (headWords + rowWords) * 4;
  const older = new Uint32Array(shared.kept, olderFrom, olderSets * provenanceWays * 2);
  setProvenanceCounts(shared, {
    callers: countTaken(heads, headWords),
    older: countTaken(older, 2),
  });
}

function countTaken(words: Uint32Array, step: number): number {
  let taken = 0;
  for (let at = 0; at < words.length; at += step) if (words[at] !== 0) taken += 1;
  return taken;
}

/**
 * Takes over what a memory of another size has kept: every caller with the ids that it was sure of.
 * What was older does not tell whose it was.
 */
export function adoptKept(bytes: Buffer, size: ProvenanceSize, shared: SharedProvenance): void {
  const { rowSets, rowWords } = sizeOfProvenance(size);
  const rows = rowSets * provenanceWays;
  const wanted = headerBytes + rows * (headWords + rowWords) * 4;
  if (bytes.length < wanted) return;
  const state = new SharedProvenanceState(shared);
  const word = (at: number): number => bytes.readUInt32LE(headerBytes + at * 4);
  for (let row = 0; row < rows; row += 1) {
    const [here, there, seen] = [0, 1, 2].map((at) => word(row * headWords + at)) as [
      number,
      number,
      number,
    ];
    if (here === 0) continue;
    const from = rows * headWords + row * rowWords;
    const count = Math.min(seen & 0xffff, size.idsEach);
    const ids = Array.from({ length: count }, (_, index) => ({
      first: word(from + index),
      second: bytes[headerBytes + (from + size.idsEach) * 4 + index] as number,
    }));
    // The newest comes last, and is the newest again.
    state.adopt({ here, there }, ids.toReversed(), seen >>> 16);
  }
}
