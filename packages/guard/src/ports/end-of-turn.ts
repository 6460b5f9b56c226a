/** Something that is to be written to a connection. Must not throw. */
export interface Leaving {
  leave(): void;
}

let leaving: Leaving[] = [];

/**
 * Has something leave at the end of this turn of the event loop, together with all else that leaves
 * in it. Whoever is written to often sleeps, and the system must wake it: that costs more than the
 * write itself, and among several writes behind one another only the first does.
 */
export function atEndOfTurn(one: Leaving): void {
  leaving.push(one);
  if (leaving.length === 1) setImmediate(leaveAll);
}

function leaveAll(): void {
  const all = leaving;
  leaving = [];
  for (const one of all) one.leave();
}
