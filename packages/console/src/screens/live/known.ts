import type { TailRow } from "../../stream/tail.ts";
import type { FilterWord } from "./filter.ts";

const mostLooked = 500;

/** What may stand behind the words of the filter, as far as the page knows it. */
export function knownIn(
  rows: readonly TailRow[],
  codes: readonly string[],
): Partial<Record<FilterWord, readonly string[]>> {
  const some = rows.slice(0, mostLooked).map(({ record }) => record);
  const each = (values: readonly (string | undefined)[]): readonly string[] =>
    [...new Set(values.filter((one) => one !== undefined))].toSorted();
  return {
    op: each(some.map(({ operation }) => operation)),
    code: codes,
    app: each(some.map(({ app }) => app)),
    version: each(some.map(({ appVersion }) => appVersion)),
    status: ["2xx", "4xx", "5xx", ...each(some.map(({ status }) => String(status)))],
    outcome: ["passed", "refused", "failed"],
    mode: ["enforce", "observe"],
    subject: each(some.map(({ subject }) => subject && `~${subject}`)),
    device: each(some.map(({ device }) => device && `~${device}`)),
    address: each(some.map(({ address }) => address && `~${address}`)),
    client: each(some.map(({ client }) => client)),
  };
}
