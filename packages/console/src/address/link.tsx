import type { ComponentChildren, JSX } from "preact";
import type { Change } from "./address.ts";
import { addressOf, go, usePlace } from "./place.ts";

interface LinkProps {
  readonly to: Change;
  readonly children: ComponentChildren;
  readonly class?: string | undefined;
  readonly label?: string;
  readonly current?: boolean;
  readonly keyHint?: string | undefined;
}

/** A link within the console: a real address, so that it opens in another tab too. */
export function Link({
  children,
  current = false,
  keyHint,
  label,
  to,
  ...rest
}: LinkProps): JSX.Element {
  usePlace();
  const follow = (event: MouseEvent): void => {
    const isOther = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey;
    if (isOther || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a
      href={addressOf(to)}
      class={rest.class}
      onClick={follow}
      aria-label={label}
      aria-current={current ? "page" : undefined}
      aria-keyshortcuts={keyHint}
    >
      {children}
    </a>
  );
}
