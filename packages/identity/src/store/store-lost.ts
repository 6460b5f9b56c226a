import { AsyncLocalStorage } from "node:async_hooks";

/** What one request has met of the store. */
interface Met {
  lost: StoreLost | undefined;
}

const met = new AsyncLocalStorage<Met>();

/**
 * The store is gone, hangs, or cannot be written to: nothing is wrong with the request, and the same
 * one may succeed in a moment.
 */
export class StoreLost extends Error {
  readonly why: string;

  constructor(why: string, cause?: unknown) {
    super(`the store is lost: ${why}`, { cause });
    this.why = why;
    const request = met.getStore();
    if (request !== undefined) request.lost = this;
  }
}

/**
 * Answers one request. Whatever is made of a fault on its way (a library may say that a token is not
 * valid, because it could not be found), it is known that the store was lost.
 */
export const meetingStore = <T>(work: () => Promise<T>): Promise<T> =>
  met.run({ lost: undefined }, work);

export const hasLostStore = (): boolean => met.getStore()?.lost !== undefined;

/** Before an answer is sent. @throws StoreLost when the store was lost while it was made */
export function throwIfStoreLost(): void {
  const lost = met.getStore()?.lost;
  if (lost !== undefined) throw lost;
}
