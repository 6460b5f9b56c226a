import type { JSX } from "preact";
import { go, usePlace } from "../address/place.ts";
import { useKept } from "../state/kept.ts";
import { useNow } from "../state/now.ts";
import { Icon } from "../states/icon.tsx";
import { Said } from "../text/said.tsx";
import { spanText } from "../text/times.ts";
import { frameWords as words } from "../words/frame.ts";
import { freshness } from "../api/freshness.ts";
import { RangeMenu } from "./range-menu.tsx";
import { YouMenu } from "./you-menu.tsx";

/** How old is what the page shows, said where it is older than it should be. */
function LiveState(): JSX.Element {
  const { isLost, sinceMs } = useKept(freshness);
  const nowMs = useNow();
  return (
    <span class={isLost ? "live lost" : "live"} role="status">
      <span class="dot" aria-hidden="true" />
      <span class="live-word">{isLost ? words.lost(spanText(nowMs - sinceMs)) : words.live}</span>
    </span>
  );
}

/** Filters that hold for every page, each with a press that drops it. */
function Filters(): JSX.Element {
  const { app, version } = usePlace();
  return (
    <>
      {app === undefined ? null : (
        <button
          type="button"
          class="filter"
          aria-label={words.drop("app")}
          onClick={() => go({ app: undefined, version: undefined })}
        >
          <Said text={app} most={24} /> <span aria-hidden="true">×</span>
        </button>
      )}
      {version === undefined ? null : (
        <button
          type="button"
          class="filter"
          aria-label={words.drop("version")}
          onClick={() => go({ version: undefined })}
        >
          <Said text={version} most={16} /> <span aria-hidden="true">×</span>
        </button>
      )}
    </>
  );
}

export function TopBar({
  onFind,
  onKeys,
}: {
  readonly onFind: () => void;
  readonly onKeys: () => void;
}): JSX.Element {
  return (
    <header class="top-bar">
      <button type="button" class="find" onClick={onFind} aria-keyshortcuts="/">
        <Icon of="find" />
        <span class="grow">{words.find}</span>
        <kbd>/</kbd>
      </button>
      <span class="grow" />
      <Filters />
      <LiveState />
      <RangeMenu />
      <YouMenu onKeys={onKeys} />
    </header>
  );
}
