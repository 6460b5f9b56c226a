import { resolve } from "node:path";
import type { ApiDocument, Fault, Operation } from "@portcullis/guard/operation";
import { readOpenApi } from "@portcullis/guard/operations/read-openapi";
import { faultLines, Misuse, tableLines, type Terminal } from "./terminal.ts";

/** Reads the documents together. @throws Misuse when none was named */
export function readDocuments(files: readonly string[]): { readonly documents: readonly ApiDocument[]; readonly faults: readonly Fault[] } {
  if (files.length === 0) throw new Misuse("no OpenAPI document was named.\nFor example: --openapi openapi.yaml");
  const read = files.map((file) => readOpenApi(resolve(file)));
  return { documents: read.flatMap(({ document }) => (document === undefined ? [] : [document])), faults: read.flatMap(({ faults }) => faults) };
}

const entryOf = (operation: Operation): string => {
  if (operation.security === undefined) return "no rule";
  if (operation.security.length === 0 || operation.security.some((requirement) => Object.keys(requirement).length === 0)) return "anyone";
  return operation.security.map((requirement) => Object.entries(requirement).map(([scheme, scopes]) => (scopes.length === 0 ? scheme : `${scheme} (${scopes.join(" ")})`)).join(" + ")).join(" or ");
};

/** Exit code: 0 understood, 1 understood but some operation has no rule, 2 not understood. */
export function check(files: readonly string[], asJson: boolean, terminal: Terminal): number {
  const { documents, faults } = readDocuments(files);
  const failed = faults.some((fault) => fault.severity === "error");
  const operations = documents.flatMap((document) => document.operations);
  const withoutRule = operations.filter((operation) => operation.security === undefined);
  if (asJson) {
    terminal.out(JSON.stringify({ faults, operations: operations.map((operation) => ({ operation: operation.operationId ?? operation.key, method: operation.method, path: operation.pathTemplate, entry: entryOf(operation), deprecated: operation.deprecated })) }));
    return failed ? 2 : withoutRule.length > 0 ? 1 : 0;
  }
  if (faults.length > 0) terminal.error(faultLines(faults));
  if (failed) {
    terminal.error(`\n${faults.length} ${faults.length === 1 ? "fault" : "faults"}. Nothing is served from a document that is not understood.`);
    return 2;
  }
  terminal.out(tableLines([["OPERATION", "METHOD", "PATH", "WHO MAY ENTER"], ...operations.map((operation) => [operation.operationId ?? "-", operation.method, operation.pathTemplate, entryOf(operation)])]));
  terminal.out(`\n${operations.length} operations understood.`);
  if (withoutRule.length === 0) return 0;
  terminal.out(`${withoutRule.length} have no rule: their document says nothing about security. Say 'security: []' where anybody may enter, or name a scheme.`);
  return 1;
}
