import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { DecisionRecord } from "@portcullis/guard/records";
import { fits, type RecordFilter } from "../../../watch/record-filter.ts";
import { Misuse } from "../../terminal.ts";

/** A WebSocket leaves two records of one trace; of one object there may be many more. */
const most = 20;

/**
 * The records that fit among the lines of a file, which may hold other lines too. Read line by
 * line: such a file is as large as a day of requests.
 *
 * @throws Misuse where the file cannot be read
 */
export async function recordsInFile(file: string, filter: RecordFilter): Promise<DecisionRecord[]> {
  const found: DecisionRecord[] = [];
  const texts = filter.traceId === undefined ? [] : [filter.traceId];
  try {
    for await (const line of createInterface({ input: createReadStream(file) })) {
      if (!texts.every((one) => line.includes(one))) continue;
      const record = readRecord(line);
      if (record !== undefined && fits(record, filter)) found.push(record);
      if (found.length >= most) break;
    }
  } catch (fault) {
    throw new Misuse(`the records in ${file} cannot be read (${(fault as Error).message})`);
  }
  return found;
}

function readRecord(line: string): DecisionRecord | undefined {
  try {
    const value = JSON.parse(line) as Partial<DecisionRecord> | null;
    return Array.isArray(value?.decisions) ? (value as DecisionRecord) : undefined;
  } catch {
    return undefined;
  }
}
