import { millisecondsText } from "./iso-time.ts";
import type { DecisionRecord } from "./record.ts";

/** Text that needs no escape in JSON: nearly every operation, version and code. */
const plain = /^[ !#-[\]-~]*$/;
const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text));

const mostNames = 4096;
const names = new Map<string, string>();

/** Of texts that repeat: there are few, but for those that callers invent. */
function quotedName(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size >= mostNames) names.clear();
  const text = quoted(name);
  names.set(name, text);
  return text;
}

/**
 * The record as one line of JSON. Written out by hand because it is made for every request: it says
 * the same as JSON.stringify of the record with its level.
 */
export function recordLine(record: DecisionRecord): string {
  let line = `{"level":"info","time":"${record.time}","traceId":"${record.traceId}","operation":${quotedName(record.operation)},"method":${quotedName(record.method)}`;
  if (record.path !== undefined) line += `,"path":${quotedName(record.path)}`;
  if (record.apiVersion !== undefined) line += `,"apiVersion":${quotedName(record.apiVersion)}`;
  if (record.app !== undefined) line += `,"app":${quotedName(record.app)}`;
  if (record.appVersion !== undefined) line += `,"appVersion":${quotedName(record.appVersion)}`;
  line += `,"status":${record.status}`;
  if (record.upstreamStatus !== undefined) line += `,"upstreamStatus":${record.upstreamStatus}`;
  if (record.signedIn === true) line += `,"signedIn":true`;
  if (record.bound === true) line += `,"bound":true`;
  line += `,"outcome":"${record.outcome}"`;
  if (record.code !== undefined) line += `,"code":"${record.code}"`;
  line +=
    record.decisions.length === 0
      ? ',"decisions":[]'
      : `,"decisions":${JSON.stringify(record.decisions)}`;
  if (record.first !== undefined) line += `,"first":${JSON.stringify(record.first)}`;
  if (record.stripped !== undefined) line += `,"stripped":${JSON.stringify(record.stripped)}`;
  if (record.unwritten !== undefined) line += `,"unwritten":${JSON.stringify(record.unwritten)}`;
  if (record.unchecked !== undefined) line += `,"unchecked":${JSON.stringify(record.unchecked)}`;
  line += `,"durationMs":${millisecondsText(record.durationMs)}`;
  if (record.upstreamMs !== undefined)
    line += `,"upstreamMs":${millisecondsText(record.upstreamMs)}`;
  line += `,"answerBytes":${record.answerBytes}`;
  if (record.webSocket !== undefined) line += `,"webSocket":${JSON.stringify(record.webSocket)}`;
  if (record.address !== undefined) line += `,"address":${quoted(record.address)}`;
  if (record.subject !== undefined) line += `,"subject":${quoted(record.subject)}`;
  if (record.client !== undefined) line += `,"client":${quoted(record.client)}`;
  if (record.device !== undefined) line += `,"device":${quoted(record.device)}`;
  if (record.acting !== undefined) line += `,"acting":${JSON.stringify(record.acting)}`;
  return `${line}}\n`;
}
