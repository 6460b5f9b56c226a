import type { JSX } from "preact";
import { mostShown, visible } from "./visible.ts";

interface SaidProps {
  /** What somebody else has written: a caller, a policy, a person. */
  readonly text: string | undefined;
  readonly most?: number;
  readonly mono?: boolean;
}

/**
 * The one way in which text that is not ours comes onto a page: as text, cut, with everything made
 * visible that would hide in it, and apart from its neighbours' direction.
 */
export function Said({ mono = false, most = mostShown, text = "" }: SaidProps): JSX.Element {
  return (
    <bdi class={mono ? "said mono" : "said"} dir="auto">
      {visible(text, most).map(({ isName, text: part }) =>
        isName ? <span class="unseen">{part}</span> : part,
      )}
    </bdi>
  );
}
