import {
  type PersonalField,
  personalFields,
  type PseudonymField,
  pseudonymFields,
} from "../facts/record.ts";
import type { NoteFault } from "./join-context.ts";
import { object, optional, required } from "./object-shape.ts";
import { share } from "./scalars.ts";
import { choice, duration, list, size, text } from "./shape.ts";

const keep = object({
  raw: optional(duration, "How long each record is kept (7d)."),
  minutes: optional(duration, "How long counts by the minute are kept (48h)."),
  hours: optional(duration, "How long counts by the hour are kept (400d)."),
  incidents: optional(duration, "How long incidents are kept (2y)."),
  mostBytes: optional(size, "What all of it may take on the disk; the oldest go first (20GiB)."),
  form: optional(
    choice("duckdb", "sqlite"),
    "What keeps them: duckdb, or sqlite where its 68 MB are too much (duckdb, where it is installed).",
  ),
});

const sample = object({
  passed: optional(
    share,
    "Which share of records without any decision is kept (100%); the others always are.",
  ),
});

const plain = object({
  fields: required(
    list(choice(...pseudonymFields)),
    "Fields that records hold as they are, in place of a pseudonym.",
  ),
  because: required(
    text("why a pseudonym is not enough, in a few words"),
    "Why; it stands beside the fields for whoever reads the policy.",
  ),
});

/** What records hold, and how long they are kept. */
export const recordSetting = object({
  fields: optional(
    list(choice(...personalFields)),
    "Personal data that records may hold, as pseudonyms; none unless it is named here.",
  ),
  plain: optional(plain, "Personal data that records hold as it is."),
  keep: optional(
    keep,
    "Keeps records beside the gate, to be searched; without it, the newest only.",
  ),
  sample: optional(sample, "Which records are kept, where there is `keep`."),
});

interface RecordSetting {
  readonly fields?: readonly PersonalField[];
  readonly plain?: { readonly fields: readonly PseudonymField[] };
  readonly keep?: object;
  readonly sample?: object;
}

export const planRecord = ({ fields = [], plain: bare }: RecordSetting = {}) => ({
  fields,
  plain: bare?.fields ?? [],
});

/** A field that is plain and not recorded, and a sample of what nobody keeps, are misunderstandings. */
export function noteRecord(
  { fields = [], keep: kept, plain: bare, sample: part }: RecordSetting = {},
  note: NoteFault,
): void {
  for (const [index, field] of (bare?.fields ?? []).entries())
    if (!fields.includes(field))
      note(["record", "plain", "fields", String(index)], `no record holds ${field}`, {
        mend: `Name it too: record: { fields: [${[...fields, field].join(", ")}] }`,
      });
  if (part !== undefined && kept === undefined)
    note(["record", "sample"], "no records are kept of which this could be a part", {
      mend: "Keep records: record: { keep: { raw: 7d } }",
    });
}
