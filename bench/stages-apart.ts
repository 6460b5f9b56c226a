// Parts of a request's way that can run alone, each timed by itself.
import {
  allocateSharedRecords,
  type DecisionRecord,
  recordLine,
  RecordReader,
  RecordWriter,
} from "@portcullis/guard/records";
import { RequestCounts } from "../packages/server/src/watch/request-counts.ts";

const rows = 8192;
const rounds = 20;

const record = (index: number): DecisionRecord => ({
  time: new Date(1_795_000_000_000 + (index >> 3)).toISOString(),
  traceId: "0123456789abcdef0123456789abcdef",
  operation: "getAccount",
  method: "GET",
  path: "/v1/accounts/{accountId}",
  apiVersion: "v1",
  app: "bench-app",
  appVersion: "3.4.1",
  status: 200,
  upstreamStatus: 200,
  outcome: "passed",
  code: undefined,
  decisions: [],
  stripped: undefined,
  unwritten: undefined,
  durationMs: Math.round(((index * 7919) % 1_000_000) + 1) / 1000,
  upstreamMs: Math.round(((index * 104_729) % 1_000_000) + 1) / 1000,
  answerBytes: 211,
});

/** Microseconds for one record, at each end of the memory between the threads. */
export function recordMicroseconds(): Readonly<Record<string, number>> {
  const shared = allocateSharedRecords();
  const [writer, reader] = [new RecordWriter(shared), new RecordReader(shared)];
  const records = Array.from({ length: rows }, (_, index) => record(index));
  const counts = new RequestCounts();
  const encoder = new TextEncoder();
  let spent = [0, 0, 0];
  const timed = (part: number, work: () => void): void => {
    const began = performance.now();
    work();
    spent[part] = (spent[part] as number) + performance.now() - began;
  };
  for (let round = -rounds; round < rounds; round += 1) {
    if (round === 0) spent = [0, 0, 0];
    timed(0, () => records.forEach((one) => writer.write(one)));
    timed(1, () => reader.read((row) => counts.add(row)));
    records.forEach((one) => writer.write(one));
    timed(2, () => {
      let lines = "";
      reader.read((row) => (lines += recordLine(row)));
      encoder.encode(lines);
    });
  }
  const [written = 0, counted = 0, lines = 0] = spent.map((ms) => (ms * 1000) / (rows * rounds));
  return {
    "a record's row, on the gate thread": written,
    "counting it, on the control thread": counted,
    "making a line of it, on the control thread": lines,
  };
}
