import { useEffect, useRef, useState } from "preact/hooks";
import { followStream } from "./shared-stream.ts";
import type { StreamEvent } from "./stream-event.ts";
import { addToTail, emptyTail, type Tail } from "./tail.ts";

/** How often the picture changes at most. */
const everyMs = 250;
/** More than this waits only where the page does not come to draw: what is told is counted. */
const mostWaiting = 4000;

/**
 * The newest records of a question, as they come. While it is held, what comes waits.
 *
 * @param query undefined: nothing is followed
 */
export function useTail(
  query: string | undefined,
  isHeld: boolean,
): { readonly tail: Tail; readonly waiting: number } {
  const [tail, setTail] = useState(() => emptyTail(Date.now()));
  const [waiting, setWaiting] = useState(0);
  const events = useRef<StreamEvent[]>([]);
  const held = useRef(isHeld);
  held.current = isHeld;

  useEffect(() => {
    setTail(emptyTail(Date.now()));
    events.current = [];
    if (query === undefined) return undefined;
    const end = followStream(query, (event) => {
      events.current.push(event);
      if (events.current.length > mostWaiting) events.current.splice(0, mostWaiting / 2);
    });
    const timer = setInterval(() => {
      if (events.current.length === 0 || document.hidden) return;
      if (held.current) {
        setWaiting(events.current.filter(({ kind }) => kind === "record").length);
        return;
      }
      const taken = events.current;
      events.current = [];
      setWaiting(0);
      setTail((before) => addToTail(before, taken, Date.now()));
    }, everyMs);
    return () => {
      end();
      clearInterval(timer);
    };
  }, [query]);
  return { tail, waiting };
}
