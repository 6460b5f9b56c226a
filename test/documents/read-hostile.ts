// Reads documents in a process of its own, with little memory, and serves each: argv names the
// files. One line of JSON for each, so that it is seen at which one it ended.
import { readOpenApi } from "@portcullis/guard/documents";
import { createGate } from "@portcullis/guard";
import { joinPolicy } from "@portcullis/guard/policy";
import { allocateSharedBuckets, SharedMemoryState } from "@portcullis/guard/state";

const limits = new SharedMemoryState(allocateSharedBuckets(64, [1, 2]));
const ports = {
  upstream: () => ({ forward: () => ({ resume: () => undefined, abort: () => undefined }) }),
  record: () => undefined,
  limits,
  localLimits: limits,
};

function read(file: string): object {
  const { document, faults } = readOpenApi(file);
  const api = { openapi: file, upstream: "http://127.0.0.1:9" };
  const { plan } =
    document === undefined
      ? { plan: undefined }
      : joinPolicy(
          { portcullis: 1, mode: "enforce", apis: [api] },
          [document],
          (_path, message) => ({
            file,
            line: 1,
            column: 1,
            severity: "error",
            message,
          }),
        );
  if (plan !== undefined) createGate({ plan, ports }).close();
  return {
    served: plan !== undefined,
    unchecked: document?.operations.filter((one) => one.unchecked !== undefined).length ?? 0,
    faults: faults.length,
    first: faults[0]?.message.slice(0, 200) ?? "",
  };
}

for (const file of process.argv.slice(2)) console.log(JSON.stringify(read(file)));
