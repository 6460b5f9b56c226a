import { convertOperation, type MediaTypes } from "./convert-swagger-operation.ts";
import { textsOf } from "./convert-swagger-texts.ts";
import { MovedPlaces } from "./moved-places.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";

const methods = ["get", "put", "post", "delete", "options", "head", "patch"] as const;

/**
 * A Swagger 2.0 document as OpenAPI 3.0. Definitions stay where they are, so that what refers to
 * them finds them, and each part can still say where it was written.
 */
export function convertSwagger(root: Located, set: DocumentSet): Located {
  const written = isRecord(root.value) ? root.value : {};
  const moved = new MovedPlaces();
  moved.note(["servers"], ["basePath"]);
  moved.note(["components", "securitySchemes"], ["securityDefinitions"]);
  const media: MediaTypes = {
    consumes: textsOf(written["consumes"]) ?? ["application/json"],
    produces: textsOf(written["produces"]) ?? ["application/json"],
  };
  const paths = child(root, "paths");
  const value = {
    ...written,
    openapi: "3.0.3",
    servers: [{ url: typeof written["basePath"] === "string" ? written["basePath"] : "/" }],
    components: { securitySchemes: convertSchemes(child(root, "securityDefinitions")) },
    ...(isRecord(paths.value)
      ? {
          paths: Object.fromEntries(
            Object.keys(paths.value).map((template) => [
              template,
              template.startsWith("x-")
                ? undefined
                : convertItem(child(paths, template), media, set, moved),
            ]),
          ),
        }
      : {}),
  };
  const { document } = root;
  return {
    path: [],
    value,
    document: {
      file: document.file,
      value,
      positionOf: (path) => document.positionOf(moved.origin(path)),
    },
  };
}

function convertItem(
  written: Located,
  media: MediaTypes,
  set: DocumentSet,
  moved: MovedPlaces,
): unknown {
  const item = set.follow(written);
  if (item === undefined || !isRecord(item.value)) return {};
  const shared = child(item, "parameters");
  return Object.fromEntries(
    Object.keys(item.value)
      .filter((key) => key !== "parameters")
      .map((key) => [
        key,
        methods.some((method) => method === key)
          ? convertOperation(child(item, key), shared, media, set, moved)
          : (item.value as Record<string, unknown>)[key],
      ]),
  );
}

function convertSchemes(at: Located): unknown {
  if (!isRecord(at.value)) return {};
  return Object.fromEntries(
    Object.entries(at.value).map(([name, scheme]) => [
      name,
      isRecord(scheme) && scheme["type"] === "basic" ? { type: "http", scheme: "basic" } : scheme,
    ]),
  );
}
