/**
 * Thrown by the ports of a gate that only explains, in place of asking somebody else. `what` is a
 * phrase such as `GET /v1/accounts/42 of the backend`.
 */
export class NotAsked extends Error {
  readonly what: string;

  constructor(what: string) {
    super(`nobody is asked here: ${what}`);
    this.what = what;
  }
}
