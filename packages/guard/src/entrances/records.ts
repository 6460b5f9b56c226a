// The record that is kept of each request.
export { type DecisionRecord, type PersonalField, personalFields } from "../facts/record.ts";
export { recordLine } from "../facts/record-line.ts";
