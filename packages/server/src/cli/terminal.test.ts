import assert from "node:assert/strict";
import { test } from "node:test";
import { faultLines } from "./terminal.ts";

const fault = (line: number, message: string, rest: object = {}) => ({
  file: "openapi.yaml",
  line,
  column: 1,
  severity: "warning" as const,
  message,
  ...rest,
});

test("faults that say the same of other names are folded behind the first; few of them are all named", () => {
  const many = Array.from({ length: 525 }, (_, index) =>
    fault(index + 1, `the reference '#/${index}' leads nowhere`, { expected: "a place" }),
  );
  assert.equal(
    faultLines([...many, fault(9, "'fetch' is not a method", { mend: "Write get." })]),
    "openapi.yaml:1:1  warning  the reference '#/0' leads nowhere\n" +
      "    and 524 like it, at the lines 2, 3, 4, ...\n" +
      "    expected: a place\n" +
      "openapi.yaml:9:1  warning  'fetch' is not a method\n" +
      "    mend: Write get.",
  );
  assert.equal(faultLines(many.slice(0, 2)).match(/leads nowhere/g)?.length, 2);
});

test("a fault that differs in more than a name, or stands in another file, is not folded", () => {
  const lines = faultLines([
    fault(1, "'a' is not a method"),
    fault(2, "'a' is not a status"),
    { ...fault(1, "'a' is not a method"), file: "other.yaml" },
    { ...fault(1, "'a' is not a method"), severity: "error" },
  ]);
  assert.equal(lines.split("\n").length, 4);
});
