import type { DecisionRecord } from "@portcullis/guard/records";

/** How a record may name somebody or something: by one of these, or by what begins so. */
export type NamedAs = { readonly is: readonly string[] } | { readonly begins: string };

/** Which records are asked for; what is left out may be anything. */
export interface RecordFilter {
  /** The first millisecond, and the first behind the last. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly traceId?: string;
  readonly operation?: string;
  /** 404, or 4 for every status of this class. */
  readonly status?: number;
  readonly outcome?: DecisionRecord["outcome"];
  /** A decision of this code, and of this mode, observed ones too. With both, one that is of both. */
  readonly code?: string;
  readonly mode?: string;
  readonly app?: string;
  readonly appVersion?: string;
  readonly client?: string;
  readonly subject?: NamedAs;
  readonly device?: NamedAs;
  readonly address?: NamedAs;
  /** Of refusals about this object, and of those whose owner was found to be this. */
  readonly object?: NamedAs;
  readonly owner?: NamedAs;
}

export function fits(record: DecisionRecord, filter: RecordFilter): boolean {
  const { code, mode, object, owner } = filter;
  return (
    isInTime(record, filter) &&
    plainFields.every((field) => filter[field] === undefined || record[field] === filter[field]) &&
    fitsStatus(record.status, filter.status) &&
    namedFields.every((field) => isNamed(record[field], filter[field])) &&
    ((code ?? mode) === undefined ||
      record.decisions.some(
        (one) => one.code === (code ?? one.code) && one.mode === (mode ?? one.mode),
      )) &&
    (object === undefined ||
      record.decisions.some(({ objects }) => objects?.some((one) => isNamed(one, object)))) &&
    (owner === undefined ||
      record.decisions.some(({ owners }) => owners?.some((one) => isNamed(one, owner))))
  );
}

/** Fields that are as they are asked for. */
export const plainFields = [
  "traceId",
  "operation",
  "outcome",
  "app",
  "appVersion",
  "client",
] as const;
/** Fields that hold a pseudonym. */
export const namedFields = ["subject", "device", "address"] as const;

const isInTime = ({ time }: DecisionRecord, { fromMs, toMs }: RecordFilter): boolean => {
  if (fromMs === undefined && toMs === undefined) return true;
  const atMs = Date.parse(time);
  return atMs >= (fromMs ?? 0) && atMs < (toMs ?? Number.POSITIVE_INFINITY);
};

const fitsStatus = (status: number, asked: number | undefined): boolean =>
  asked === undefined || status === asked || Math.floor(status / 100) === asked;

function isNamed(value: string | undefined, asked: NamedAs | undefined): boolean {
  if (asked === undefined) return true;
  if (value === undefined) return false;
  return "is" in asked ? asked.is.includes(value) : value.startsWith(asked.begins);
}
