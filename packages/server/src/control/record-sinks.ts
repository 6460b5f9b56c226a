import { recordSecret } from "../keys/record-secret.ts";
import { subjectKeys } from "../keys/sealed-subjects.ts";
import type { Policy } from "../policy/program-policy.ts";
import type { KeptRecords } from "../watch/kept/kept-records.ts";
import { createLineWriter, type LineWriter } from "../watch/line-writer.ts";
import { RecordIntake } from "../watch/record-intake.ts";
import { Exporting } from "../watch/export/exporting.ts";
import { keepRecords } from "./keep-records.ts";

export interface RecordSinks {
  /** The standard output, or what stands for it. */
  readonly writer: LineWriter;
  /** Undefined where the policy keeps none. */
  readonly kept: KeptRecords | undefined;
  readonly records: RecordIntake;
  /** Sends nothing until it is told where to. */
  readonly exporting: Exporting;
}

export interface RecordSinksParts
  extends Pick<
    ConstructorParameters<typeof RecordIntake>[0],
    "followers" | "isDeclaredApp" | "say"
  > {
  readonly policy: Policy;
  /** Where `.portcullis/` lies. */
  readonly directory: string;
  readonly recordsTo: number | undefined;
}

/** Where records come in, and everything that they go to. */
export function openRecordSinks(parts: RecordSinksParts): RecordSinks {
  const { directory, followers, isDeclaredApp, policy, recordsTo, say } = parts;
  const writer = createLineWriter(recordsTo ?? 1, { onTrouble: say });
  const kept = keepRecords(policy, directory, say);
  const exporting = new Exporting({ say });
  const sinks = kept === undefined ? [exporting] : [kept, exporting];
  return {
    writer,
    kept,
    exporting,
    records: new RecordIntake({ writer, sinks, followers, isDeclaredApp, say }),
  };
}

/** What records name people by, and what seals whom that stands for. */
export function nameSecrets(
  keeps: boolean,
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly recordSecret: Uint8Array; readonly subjectKeys: readonly Uint8Array[] } {
  // First: where there is no key yet, it is made here, and lasts.
  const sealing = keeps ? subjectKeys(directory, environment) : [];
  return { recordSecret: recordSecret(directory, environment), subjectKeys: sealing };
}
