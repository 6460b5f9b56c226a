/** What an operation is for, as far as whoever looks for attacks must know. */
export const operationRoles = [
  "sign-in",
  "one-time-code",
  "reset",
  "sign-up",
  "payment-method",
  "purchase",
  "reserve",
  "content",
] as const;
export type OperationRole = (typeof operationRoles)[number];

/** Roles whose attempts are at something that the request names: an account, a card. */
export const rolesWithTarget: ReadonlySet<OperationRole> = new Set([
  "sign-in",
  "one-time-code",
  "reset",
  "sign-up",
  "payment-method",
]);
