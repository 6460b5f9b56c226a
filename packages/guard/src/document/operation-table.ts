import type { RouteReading } from "./dialects.ts";
import { makeNode, offered } from "./route-node.ts";
import { RouteFinder } from "./route-finder.ts";
import { findAsRouter, operationAt } from "./route-reading.ts";

/** What a path leads to. */
export interface Route<T> {
  readonly value: T;
  /**
   * The operation that the backend's router may find in its place, by a spelling that it does not
   * tell apart; undefined where there is none.
   */
  readonly takenFor: T | undefined;
}

/**
 * Finds the operation of a canonical path. Concrete segments win over templated ones (OpenAPI 3.1
 * section 4.8.8.2), with backtracking; segments are compared case by case; a HEAD is answered by
 * the GET of the same path unless declared.
 */
export interface OperationTable<T> {
  /** Appends the raw segments that stand for the template's parameters, in the template's order. */
  match(method: string, path: string, parametersOut: string[]): Route<T> | undefined;
  /** Methods offered at this path, for an Allow field; empty when there is nothing at all. */
  methodsAt(path: string): string[];
  /** What a backend's router may find at a path that is nothing here. */
  spelledOtherwise(method: string, path: string): T | undefined;
}

export interface OperationEntry<T> {
  readonly method: string;
  readonly pathTemplate: string;
  readonly value: T;
  /** How the router behind reads; without it the document is its only reader. */
  readonly reading?: RouteReading | undefined;
}

export function compileOperationTable<T>(entries: readonly OperationEntry<T>[]): OperationTable<T> {
  const root = makeNode(entries);
  const finder = new RouteFinder(root);
  const readings = new Set(entries.flatMap(({ reading }) => reading ?? []));
  return {
    match(method, path, parametersOut) {
      const node = finder.find(path, method, parametersOut);
      const route = node === undefined ? undefined : offered(node, method);
      if (!finder.suspect || route?.reading === undefined) return route;
      const other = findAsRouter(root, path, method, route.reading);
      return other === undefined || other === node
        ? route
        : { value: route.value, takenFor: operationAt(other, method) };
    },
    methodsAt(path) {
      const node = finder.find(path, undefined, []);
      if (node === undefined) return [];
      const methods = [...node.methods.keys()];
      if (methods.includes("GET") && !methods.includes("HEAD")) methods.push("HEAD");
      return methods;
    },
    spelledOtherwise(method, path) {
      for (const reading of readings) {
        const node = findAsRouter(root, path, method, reading);
        if (node !== undefined) return operationAt(node, method);
      }
      return undefined;
    },
  };
}
