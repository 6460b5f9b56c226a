import type { OwnerLeaf } from "./policy.ts";

/** Each object costs a question to somebody, whom the caller chooses how often to ask. */
const mostAsked = 20;

/** How many different objects one request may name where each is asked about. */
export const mostObjectsOf = ({ mostObjects = mostAsked }: OwnerLeaf): number => mostObjects;
