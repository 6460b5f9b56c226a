import type { Operation, SchemaRegistry } from "../../document/api-document.ts";
import type { SchemaCompiler } from "../../document/schema/compile-schema.ts";
import type { BodyReading } from "../../facts/body.ts";
import { compileMediaTypes, readMediaType } from "../../reading/media-type.ts";
import { compileBodyReading } from "./body-reading.ts";

/** What the document says of the body of one operation. */
export interface RequestBodyPlan {
  readonly required: boolean;
  /** Undefined for a media type that the document does not name. */
  readonly readingOf: (contentType: string | undefined) => BodyReading | undefined;
}

const mostRemembered = 64;

/** Undefined when the document names no body: then none may come. */
export function compileRequestBody(
  { requestBody }: Operation,
  schemas: SchemaRegistry,
  compiler: SchemaCompiler,
): RequestBodyPlan | undefined {
  if (requestBody === undefined) return undefined;
  const find = compileMediaTypes(
    requestBody.content.map((contract) => ({
      mediaType: contract.mediaType,
      value: compileBodyReading(contract, schemas, compiler),
    })),
  );
  const known = new Map<string, BodyReading>();
  return {
    required: requestBody.required,
    readingOf(contentType) {
      if (contentType === undefined) return undefined;
      let reading = known.get(contentType);
      if (reading !== undefined) return reading;
      const sent = readMediaType(contentType);
      reading = sent === undefined ? undefined : find(sent)?.(sent);
      if (reading !== undefined && known.size < mostRemembered) known.set(contentType, reading);
      return reading;
    },
  };
}
