import {
  type PersonalField,
  personalFields,
  type PseudonymField,
  pseudonymFields,
} from "../facts/record.ts";
import type { NoteFault } from "./join-context.ts";
import { object, optional, required } from "./object-shape.ts";
import { choice, list, text } from "./shape.ts";

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

/** What records hold. */
export const recordSetting = object({
  fields: optional(
    list(choice(...personalFields)),
    "Personal data that records may hold, as pseudonyms; none unless it is named here.",
  ),
  plain: optional(plain, "Personal data that records hold as it is."),
});

interface RecordSetting {
  readonly fields?: readonly PersonalField[];
  readonly plain?: { readonly fields: readonly PseudonymField[] };
}

export const planRecord = ({ fields = [], plain: bare }: RecordSetting = {}) => ({
  fields,
  plain: bare?.fields ?? [],
});

/** A field that is plain and not recorded is a misunderstanding. */
export function noteRecord(
  { fields = [], plain: bare }: RecordSetting = {},
  note: NoteFault,
): void {
  for (const [index, field] of (bare?.fields ?? []).entries())
    if (!fields.includes(field))
      note(["record", "plain", "fields", String(index)], `no record holds ${field}`, {
        mend: `Name it too: record: { fields: [${[...fields, field].join(", ")}] }`,
      });
}
