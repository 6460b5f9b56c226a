import { isJson, readMediaType } from "../reading/media-type.ts";
import type { DeclaredResponse, ResponseTable } from "./responses.ts";
import { untyped } from "./responses.ts";

/** What an answer's head says, as far as it is asked here. */
interface Head {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly response: DeclaredResponse | undefined;
  readonly bodyless: boolean;
}

/**
 * The shape that an answer is held to: its own, or that nearest to it where the document names the
 * status without this type, or not at all, and what came may be JSON. Undefined where nothing says
 * what the body holds.
 */
export function shapeOf(responses: ResponseTable, head: Head): DeclaredResponse | undefined {
  const { bodyless, contentType, response, status } = head;
  if (response?.schema !== undefined) return response;
  if (response !== undefined && response !== untyped) return undefined;
  // A part of a shape is none.
  return !bodyless && status < 300 && status !== 206 && mayBeJson(contentType)
    ? responses.nearest(status)
    : undefined;
}

/**
 * Whether the document does not name the answer. Of a success without a type that is known only
 * when its body has come, or none.
 */
export const isUnnamed = ({ bodyless, response, status }: Head): boolean =>
  response === undefined || (response === untyped && !bodyless && status >= 300);

/**
 * What may leave of an answer that the document does not name: its status alone, its head alone,
 * what fits the nearest shape, or nothing at all.
 */
export function leavesOf(
  responses: ResponseTable,
  head: Head,
): "problem" | "nothing" | "shape" | "refusal" {
  if (head.bodyless) return "nothing";
  if (head.status >= 400) return "problem";
  // What a redirect says is in its fields.
  if (head.status >= 300) return "nothing";
  return shapeOf(responses, head) === undefined ? "refusal" : "shape";
}

function mayBeJson(contentType: string | undefined): boolean {
  if (contentType === undefined) return true;
  const type = readMediaType(contentType);
  return type !== undefined && isJson(type);
}
