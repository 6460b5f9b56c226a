import type { ApiDocument, MediaTypeContract, Operation } from "../document/api-document.ts";
import { isJson, readMediaType } from "../reading/media-type.ts";

const json = "application/json";

/**
 * The document of backends that read some media types as JSON: a body that is declared under one of
 * them is declared as JSON, unless the operation declares JSON beside it. Whatever judges JSON then
 * judges it.
 */
export function withJsonBodies(document: ApiDocument, types: readonly string[]): ApiDocument {
  if (types.length === 0) return document;
  const read = new Set(types);
  return {
    ...document,
    operations: document.operations.map((operation): Operation => {
      const { requestBody } = operation;
      return requestBody === undefined
        ? operation
        : {
            ...operation,
            requestBody: { ...requestBody, content: asJson(requestBody.content, read) },
          };
    }),
  };
}

function asJson(
  content: readonly MediaTypeContract[],
  read: ReadonlySet<string>,
): readonly MediaTypeContract[] {
  let isDeclared = content.some(({ mediaType }) => {
    const type = readMediaType(mediaType);
    return type !== undefined && isJson(type);
  });
  return content.flatMap((contract) => {
    const type = readMediaType(contract.mediaType);
    if (type === undefined || !read.has(`${type.type}/${type.subtype}`)) return [contract];
    if (isDeclared) return [];
    isDeclared = true;
    return [{ ...contract, mediaType: json }];
  });
}
