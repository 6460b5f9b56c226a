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
}

/** An answer without a body, or one whose body no check reads. */
const unread: DeclaredResponse = Object.freeze({ index: -1, schema: undefined });
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
  return {
    all,
    describesSuccess: responses.some(
      ({ content, status }) => isSuccess(status) && content.some(isDescribedJson),
    ),
    find(status, contentType) {
      if (byStatus.size === 0) return unread;
      const found =
        byStatus.get(String(status)) ??
        byStatus.get(`${Math.floor(status / 100)}XX`) ??
        byStatus.get("default");
      if (found !== undefined) return found(contentType);
      // Any backend may answer these unasked: they carry no body, or a cached one's validator.
      return status === 304 || status < 200 ? unread : undefined;
    },
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
});

type ByContentType = (contentType: string | undefined) => DeclaredResponse | undefined;

function compileStatus({ content }: ResponseContract, all: DeclaredResponse[]): ByContentType {
  if (content.length === 0) return () => unread;
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
  return (contentType) => {
    // An answer without a body has no type.
    if (contentType === undefined) return unread;
    if (known.has(contentType)) return known.get(contentType);
    const sent = readMediaType(contentType);
    const found = sent === undefined ? undefined : find(sent);
    if (known.size < mostRemembered) known.set(contentType, found);
    return found;
  };
}
