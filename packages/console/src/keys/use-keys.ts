import { useEffect, useRef } from "preact/hooks";
import { addKeys, type KeyBinding } from "./keyboard.ts";

/** Keys that hold as long as a part of the page is there; what they do may change meanwhile. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const newest = useRef(bindings);
  newest.current = bindings;
  const names = bindings.map(({ keys, what }) => `${keys}\n${what}`).join("\n\n");
  useEffect(
    () =>
      addKeys(
        names === ""
          ? []
          : newest.current.map(({ keys, what }) => ({
              keys,
              what,
              run: () => newest.current.find((one) => one.keys === keys)?.run(),
            })),
      ),
    [names],
  );
}
