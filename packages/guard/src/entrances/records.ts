// The record that is kept of each request.
export { type DecisionRecord, type PersonalField, personalFields } from "../facts/record.ts";
export { compileHashName, type HashName, hashesOf, type NameKind } from "../facts/named.ts";
export { recordLine } from "../facts/record-line.ts";
// Versions of apps, as records name them.
export { compareVersions, readVersion } from "../facts/app.ts";
// Records on their way from one thread to another.
export { RecordReader } from "../facts/record-reader.ts";
export type { RecordRow } from "../facts/record-row.ts";
export { allocateSharedRecords, type SharedRecords } from "../facts/record-rows.ts";
export { RecordWriter } from "../facts/record-writer.ts";
// What of a record those are told who look for attacks.
export { hashKinds, KeyedHash, mixHashes } from "../facts/keyed-hash.ts";
export type { Signal } from "../facts/signal.ts";
export { clientOf, programOf } from "../facts/signal-names.ts";
export { type OperationRole, operationRoles } from "../reading/operation-roles.ts";
