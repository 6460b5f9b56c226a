import { isDeepStrictEqual } from "node:util";
import type {
  JsonSchema,
  MediaTypeContract,
  Operation,
  Parameter,
  RequestBodyContract,
  ResponseContract,
} from "./api-document.ts";
import { readTemplate } from "./path-template.ts";

/**
 * One operation of two that no request can tell apart: their paths differ in the names of parameters
 * alone. Its contract takes what either describes. Who may enter is not guessed: where the two
 * differ in it, nobody may until the policy says who.
 */
export function mergeAlike(first: Operation, second: Operation): Operation {
  const renamed = renamePathParameters(second, first);
  const { requestBody: _body, security, unchecked: _unchecked, ...rest } = first;
  const requestBody = mergeBodies(first.requestBody, second.requestBody);
  const sameSecurity = isDeepStrictEqual(security, second.security);
  const unchecked = new Set([
    ...(first.unchecked ?? []),
    ...(second.unchecked ?? []),
    ...(sameSecurity ? [] : (["security"] as const)),
  ]);
  return {
    ...rest,
    tags: [...new Set([...first.tags, ...second.tags])],
    parameters: mergeParameters(first.parameters, renamed),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: mergeResponses(first.responses, second.responses),
    ...(sameSecurity && security !== undefined ? { security } : {}),
    ...(unchecked.size === 0 ? {} : { unchecked: [...unchecked] }),
  };
}

function renamePathParameters(from: Operation, to: Operation): readonly Parameter[] {
  const names = new Map(
    readTemplate(from.pathTemplate).names.map((name, index) => [
      name,
      readTemplate(to.pathTemplate).names[index] ?? name,
    ]),
  );
  return from.parameters.map((parameter) =>
    parameter.in === "path"
      ? { ...parameter, name: names.get(parameter.name) ?? parameter.name }
      : parameter,
  );
}

function mergeParameters(first: readonly Parameter[], second: readonly Parameter[]): Parameter[] {
  const keyOf = ({ in: location, name }: Parameter): string => `${location} ${name}`;
  const others = new Map(second.map((parameter) => [keyOf(parameter), parameter]));
  const known = new Set(first.map(keyOf));
  const optional = (parameter: Parameter): Parameter => ({ ...parameter, required: false });
  return [
    ...first.map((parameter) => {
      const other = others.get(keyOf(parameter));
      return other === undefined ? optional(parameter) : eitherParameter(parameter, other);
    }),
    ...second.filter((parameter) => !known.has(keyOf(parameter))).map(optional),
  ];
}

function eitherParameter(first: Parameter, second: Parameter): Parameter {
  const { content: _content, schema, ...rest } = first;
  const required = first.required && second.required;
  const sameForm = first.style === second.style && first.explode === second.explode;
  if (!sameForm || schema === undefined || second.schema === undefined)
    return isDeepStrictEqual(first, second) ? first : { ...rest, required, schema: true };
  return { ...rest, required, schema: either(schema, second.schema) };
}

const either = (first: JsonSchema, second: JsonSchema): JsonSchema =>
  isDeepStrictEqual(first, second) ? first : { anyOf: [first, second] };

function mergeBodies(
  first: RequestBodyContract | undefined,
  second: RequestBodyContract | undefined,
): RequestBodyContract | undefined {
  if (first === undefined || second === undefined) {
    const only = first ?? second;
    return only === undefined ? undefined : { ...only, required: false };
  }
  return {
    required: first.required && second.required,
    content: mergeContent(first.content, second.content),
  };
}

function mergeContent(
  first: readonly MediaTypeContract[],
  second: readonly MediaTypeContract[],
): MediaTypeContract[] {
  const others = new Map(second.map((one) => [one.mediaType, one]));
  const known = new Set(first.map(({ mediaType }) => mediaType));
  return [
    ...first.map((one) => {
      const other = others.get(one.mediaType);
      if (other === undefined) return one;
      const { schema, ...rest } = one;
      return schema === undefined || other.schema === undefined
        ? rest
        : { ...rest, schema: either(schema, other.schema) };
    }),
    ...second.filter(({ mediaType }) => !known.has(mediaType)),
  ];
}

/** Where one of them names no answers, every answer is declared. */
function mergeResponses(
  first: readonly ResponseContract[],
  second: readonly ResponseContract[],
): readonly ResponseContract[] {
  if (first.length === 0 || second.length === 0) return [];
  const others = new Map(second.map((one) => [one.status, one]));
  const known = new Set(first.map(({ status }) => status));
  return [
    ...first.map((one) => {
      const other = others.get(one.status);
      if (other === undefined) return one;
      return {
        status: one.status,
        content: mergeContent(one.content, other.content),
        headers: optionalHeaders({ ...other.headers, ...one.headers }),
      };
    }),
    ...second.filter(({ status }) => !known.has(status)),
  ];
}

const optionalHeaders = (headers: ResponseContract["headers"]): ResponseContract["headers"] =>
  Object.fromEntries(
    Object.entries(headers).map(([name, header]) => [name, { ...header, required: false }]),
  );
