import type { Operation } from "./api-document.ts";

const signIn = /(?:^|[^a-z])(?:(?:log|sign)[-_ ]?(?:in|on)s?|authenticate)(?:$|[^a-z])/i;

/** Whether an operation is called as those are that people sign in by: a POST to `/log-in`, `signIn`. */
export const isNamedLikeSignIn = ({
  method,
  operationId = "",
  pathTemplate,
}: Pick<Operation, "method" | "operationId" | "pathTemplate">): boolean =>
  method === "POST" &&
  (signIn.test(pathTemplate) || signIn.test(operationId.replaceAll(/([a-z])([A-Z])/g, "$1 $2")));
