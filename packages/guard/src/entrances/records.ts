// What each request leaves behind.
export { type DecisionRecord, type PersonalField, personalFields } from "../facts/record.ts";
export { recordLine } from "../facts/record-line.ts";
