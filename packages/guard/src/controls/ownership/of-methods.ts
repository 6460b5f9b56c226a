import type { Operation } from "../../document/api-document.ts";

/** Whether what is said for some methods is said for this operation. HEAD is answered as GET is. */
export const isFor = (
  methods: readonly string[] | undefined,
  { method }: Pick<Operation, "method">,
): boolean =>
  methods === undefined ||
  methods.includes(method) ||
  (method === "HEAD" && methods.includes("GET"));
