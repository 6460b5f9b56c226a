/** How a policy names a secret: never as a literal. */
export interface SecretSource {
  readonly env?: string;
  readonly file?: string;
}

/**
 * @param where what of the policy names it, for the message
 * @throws Error in words for a person, naming `where` and never the secret
 */
export type ReadSecret = (source: SecretSource, where: string) => string;
