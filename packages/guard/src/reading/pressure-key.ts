/**
 * Whom signals hold what they see against: who has signed in, or else the network of the address.
 *
 * @param caller the caller's key; undefined where nobody has signed in
 * @param network as `networkOf` has it
 */
export const pressureKey = (caller: string | undefined, network: string): string =>
  caller === undefined ? `@${network}` : `=${caller}`;
