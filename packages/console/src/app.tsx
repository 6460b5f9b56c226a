import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Link } from "./address/link.tsx";
import { usePlace } from "./address/place.ts";
import { readSession } from "./api/session.ts";
import { Frame } from "./frame/frame.tsx";
import { pageAt, type PageName } from "./frame/pages.ts";
import { screens } from "./screens.ts";
import { Notice, Waiting } from "./states/states.tsx";
import { frameWords as words, pageWords } from "./words/frame.ts";

/** The page of the address, when its script has come. */
function useScreen(name: PageName | undefined): ComponentType | "coming" | "failed" | undefined {
  const [loaded, setLoaded] = useState<{ name?: PageName; screen?: ComponentType | "failed" }>({});
  useEffect(() => {
    let isOver = false;
    if (name === undefined) return undefined;
    screens[name]().then(
      (screen) => (isOver ? undefined : setLoaded({ name, screen })),
      () => (isOver ? undefined : setLoaded({ name, screen: "failed" })),
    );
    return () => void (isOver = true);
  }, [name]);
  if (name === undefined) return undefined;
  return loaded.name === name ? (loaded.screen ?? "coming") : "coming";
}

export function App(): JSX.Element {
  const { parts } = usePlace();
  const page = pageAt(parts);
  const Screen = useScreen(page?.name);
  useEffect(() => void readSession().catch(() => undefined), []);
  useEffect(() => {
    document.title = page === undefined ? words.name : `${pageWords[page.name]} · ${words.name}`;
  }, [page]);
  return (
    <Frame>
      {Screen === undefined ? (
        <Notice title={words.noScreen}>
          <Link to={{ path: "/" }}>{words.toOverview}</Link>
        </Notice>
      ) : Screen === "failed" ? (
        <Notice title={words.loadFailed} tone="bad">
          <button type="button" onClick={() => location.reload()}>
            {words.reload}
          </button>
        </Notice>
      ) : Screen === "coming" ? (
        <Waiting rows={6} />
      ) : (
        <Screen />
      )}
    </Frame>
  );
}
