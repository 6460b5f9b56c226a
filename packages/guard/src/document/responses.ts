import { compileMediaTypes, isJson, readMediaType } from "../reading/media-type.ts";
import type { JsonSchema, MediaTypeContract, Operation, ResponseContract } from "./api-document.ts";

/** One kind of answer that the document names: a status with a media type. */
export interface DeclaredResponse {
  /** Its place among all responses of the operation. */
  readonly index: number;
  /** The schema of its JSON; undefined for what no check reads. */
  readonly schema: JsonSchema | undefined;
}

/** The responses of one operation, and how an answer finds its own. */
export interface ResponseTable {
  readonly all: readonly DeclaredResponse[];
  /** Whether the document describes the JSON of a successful answer. */
  readonly describesSuccess: boolean;
  /** Undefined for a status or media type that the document does not name. */
  find(status: number, contentType: string | undefined): DeclaredResponse | undefined;
  /**
   * The shape to which a successful answer is cut that the document does not name: that of its own
   * status, of all successes, of any answer, or of the first success.
   */
  nearest(status: number): DeclaredResponse | undefined;
}

/** An answer without a body, or one whose body no check reads. */
const unread: DeclaredResponse = Object.freeze({ index: -1, schema: undefined });
/** An answer of a status that the document names without saying what it holds. */
export const contentless: DeclaredResponse = Object.freeze({ index: -3, schema: undefined });
/** An answer without a content type, where the document names some: it may have no body. */
export const untyped: DeclaredResponse = Object.freeze({ index: -2, schema: undefined });
const mostRemembered = 64;

/**
 * Finds a response by status (exact, then range, then default) and content type. The same pair
 * gives the same object. Where the document names no response at all, every answer is declared.
 */
export function compileResponses({ responses }: Operation): ResponseTable {
  const all: DeclaredResponse[] = [];
  const byStatus = new Map(
    responses.map((response) => [response.status, compileStatus(response, all)]),
  );
  const firstSuccess = responses
    .filter(({ status }) => isSuccess(status))
    .map(({ status }) => byStatus.get(status)?.json)
    .find((json) => json !== undefined);
  return {
    all,
    describesSuccess: responses.some(
      ({ content, status }) => isSuccess(status) && content.some(isDescribedJson),
    ),
    find(status, contentType) {
      if (byStatus.size === 0) return unread;
      // A part has its whole's type, or is several parts of it; a part of JSON is none.
      const whole = status === 206 && !byStatus.has("206") ? byStatus.get("200") : undefined;
      if (whole !== undefined) return wholeOfPart(whole, contentType);
      const found =
        byStatus.get(String(status)) ??
        byStatus.get(`${Math.floor(status / 100)}XX`) ??
        byStatus.get("default");
      if (found !== undefined) return found.find(contentType);
      // Any backend may answer these unasked: they carry no body, or a cached one's validator.
      return status === 304 || status < 200 ? unread : undefined;
    },
    nearest: (status) =>
      (byStatus.get(String(status)) ?? byStatus.get("2XX") ?? byStatus.get("default"))?.json ??
      firstSuccess,
  };
}

/** Whether a response of the document, by its status, stands for success. */
export const isSuccess = (status: string): boolean =>
  status.startsWith("2") || status === "default";

const isDescribedJson = ({ mediaType, schema }: MediaTypeContract): boolean =>
  schema !== undefined && mediaType.toLowerCase().includes("json");

/** Where no document describes the answers. */
export const noResponses: ResponseTable = Object.freeze<ResponseTable>({
  all: [],
  describesSuccess: false,
  find: () => unread,
  nearest: () => undefined,
});

/** The answers of one status. */
interface DeclaredStatus {
  find(contentType: string | undefined): DeclaredResponse | undefined;
  /** The first whose JSON the document describes. */
  readonly json: DeclaredResponse | undefined;
  /** Whether it is never JSON, so that a part of it tells no more than the whole. */
  readonly opaque: boolean;
}

function wholeOfPart(
  declared: DeclaredStatus,
  contentType: string | undefined,
): DeclaredResponse | undefined {
  if (contentType === undefined) return undefined;
  if (declared.opaque && /^multipart\/byteranges\s*(?:;|$)/i.test(contentType)) return unread;
  const found = declared.find(contentType);
  return found?.schema === undefined ? found : undefined;
}

function compileStatus({ content }: ResponseContract, all: DeclaredResponse[]): DeclaredStatus {
  if (content.length === 0) return { find: () => contentless, json: undefined, opaque: true };
  const declared = content.map(({ mediaType, schema }) => {
    const type = readMediaType(mediaType);
    if (schema === undefined || type === undefined || !isJson(type))
      return { mediaType, value: unread };
    const value: DeclaredResponse = Object.freeze({ index: all.length, schema });
    all.push(value);
    return { mediaType, value };
  });
  const find = compileMediaTypes(declared);
  const known = new Map<string, DeclaredResponse | undefined>();
  const byType = (contentType: string | undefined): DeclaredResponse | undefined => {
    // An answer without a body has no type.
    if (contentType === undefined) return untyped;
    if (known.has(contentType)) return known.get(contentType);
    const sent = readMediaType(contentType);
    const found = sent === undefined ? undefined : find(sent);
    if (known.size < mostRemembered) known.set(contentType, found);
    return found;
  };
  const json = declared.map(({ value }) => value).find(({ schema }) => schema !== undefined);
  return { find: byType, json, opaque: json === undefined };
}
