import type { StoreSealing } from "../store/sealing.ts";
import type { Incident } from "../watch/incidents/incident.ts";
import type { Explaining } from "../watch/incidents/telling.ts";

const hiddenPlace = "incident-keys";

/** What explains an incident, in a form that is kept: sealed, wherever it outlives the process. */
export function hidingBy(sealing: Pick<StoreSealing, "open" | "seal"> | undefined) {
  return {
    hide: (keys: readonly Explaining[]): string => {
      const text = JSON.stringify(keys);
      return sealing === undefined
        ? text
        : Buffer.from(sealing.seal(text, hiddenPlace)).toString("base64");
    },
    keysOf: ({ hidden }: Incident): readonly Explaining[] | undefined => {
      if (hidden === undefined) return undefined;
      try {
        return JSON.parse(
          sealing === undefined ? hidden : sealing.open(Buffer.from(hidden, "base64"), hiddenPlace),
        ) as readonly Explaining[];
      } catch {
        // Sealed with a key that is gone.
        return undefined;
      }
    },
  };
}
