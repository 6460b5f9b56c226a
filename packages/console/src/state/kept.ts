import { useEffect, useState } from "preact/hooks";

/** A value that several parts of the page look at, and that says when it has changed. */
export interface Kept<T> {
  get(): T;
  set(value: T): void;
  /** @returns what ends it */
  follow(told: (value: T) => void): () => void;
}

export function makeKept<T>(first: T): Kept<T> {
  let value = first;
  const all = new Set<(value: T) => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(value, next)) return;
      value = next;
      for (const told of all) told(next);
    },
    follow(told) {
      all.add(told);
      return () => void all.delete(told);
    },
  };
}

export function useKept<T>(kept: Kept<T>): T {
  const [value, setValue] = useState(kept.get());
  useEffect(() => {
    // It may have changed between the first picture and now.
    setValue(() => kept.get());
    return kept.follow((next) => setValue(() => next));
  }, [kept]);
  return value;
}
