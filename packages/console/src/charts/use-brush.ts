import { useState } from "preact/hooks";

interface Brushing {
  readonly steps: number;
  readonly at: number | undefined;
  readonly setAt: (at: number | undefined) => void;
  /** @param x from the left of the chart, in pixels */
  readonly stepAt: (x: number) => number;
  readonly chosen: (from: number, to: number) => void;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

interface Brush {
  readonly chosen: Stretch | undefined;
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: () => void;
    readonly onPointerLeave: () => void;
    readonly onKeyDown: (event: KeyboardEvent) => void;
  };
}

const moves: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -10,
  PageDown: 10,
};

/** Reads a chart by pointer or arrow keys, and chooses a stretch by dragging or with Shift. */
export function useBrush({ at, chosen: tell, setAt, stepAt, steps }: Brushing): Brush {
  const [start, setStart] = useState<number | undefined>(undefined);
  const inside = (step: number): number => Math.min(Math.max(step, 0), Math.max(steps - 1, 0));
  const stepOf = (event: PointerEvent): number => {
    const { left } = (event.currentTarget as Element).getBoundingClientRect();
    return inside(stepAt(event.clientX - left));
  };
  const stretch =
    start === undefined || at === undefined || start === at
      ? undefined
      : { from: Math.min(start, at), to: Math.max(start, at) };
  const end = (): void => {
    if (stretch !== undefined) tell(stretch.from, stretch.to);
    setStart(undefined);
  };
  return {
    chosen: stretch,
    handlers: {
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        (event.currentTarget as Element).setPointerCapture(event.pointerId);
        setStart(stepOf(event));
        setAt(stepOf(event));
      },
      onPointerMove: (event) => setAt(stepOf(event)),
      onPointerUp: end,
      onPointerLeave: () => {
        if (start === undefined) setAt(undefined);
      },
      onKeyDown: (event) => {
        const by = moves[event.key];
        if (by !== undefined) {
          const from = at ?? (by > 0 ? -1 : steps);
          setStart(event.shiftKey ? (start ?? inside(from)) : undefined);
          setAt(inside(from + by));
        } else if (event.key === "Enter" && stretch !== undefined) end();
        else if (event.key === "Escape" && stretch !== undefined) setStart(undefined);
        else return;
        event.preventDefault();
        event.stopPropagation();
      },
    },
  };
}
