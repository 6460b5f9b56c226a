/**
 * What Redis answers while a server cannot count, by the first word, and whether another server may
 * have taken its keys over, so that it is worth looking for one at once.
 */
const losses: Readonly<Record<string, { readonly moved: boolean }>> = {
  // It was told to follow another server.
  READONLY: { moved: true },
  MASTERDOWN: { moved: true },
  UNBLOCKED: { moved: true },
  // Redirections that lead nowhere, or a node of a cluster under the address of one server.
  MOVED: { moved: true },
  ASK: { moved: true },
  CROSSSLOT: { moved: true },
  CLUSTERDOWN: { moved: true },
  // It reads its file, runs somebody's endless script, is full, or may not write.
  LOADING: { moved: false },
  BUSY: { moved: false },
  OOM: { moved: false },
  MISCONF: { moved: false },
  NOREPLICAS: { moved: false },
  // It does not let the gate in, or not do what it must.
  NOAUTH: { moved: false },
  WRONGPASS: { moved: false },
  NOPERM: { moved: false },
};

/** What a refusal means for everybody; undefined where it is about one command alone. */
export function lossOf({ message }: Error): { readonly moved: boolean } | undefined {
  const [word = ""] = message.split(" ", 1);
  return Object.hasOwn(losses, word) ? losses[word] : undefined;
}

/** A slot is on its way to another node: its keys are all there in a moment. */
export const isTryAgain = ({ message }: Error): boolean => message.startsWith("TRYAGAIN");

export const isNoScript = ({ message }: Error): boolean => message.startsWith("NOSCRIPT");

/** An answer that no server of Redis gives to what was asked. */
export class Garbage extends Error {
  constructor() {
    super("what answers is not Redis, or another version of the gate shares its keys");
    this.name = "Garbage";
  }
}
