import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { ActDialog } from "../acts/act-dialog.tsx";
import { undoLast } from "../acts/acting.ts";
import { DoneBar } from "../acts/done-bar.tsx";
import { go } from "../address/place.ts";
import { KeyHelp } from "../keys/key-help.tsx";
import { useKeys } from "../keys/use-keys.ts";
import { actWords } from "../words/acts.ts";
import { frameWords as words, pageWords } from "../words/frame.ts";
import { keyWords } from "../words/keys.ts";
import { Find } from "./find.tsx";
import { pages } from "./pages.ts";
import { Rail } from "./rail.tsx";
import { TopBar } from "./top-bar.tsx";

/** What stands around every page. */
export function Frame({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const [open, setOpen] = useState<"find" | "keys" | undefined>(undefined);
  const close = (): void => setOpen(undefined);
  useKeys([
    { keys: "/", what: keyWords.find, run: () => setOpen("find") },
    { keys: "?", what: keyWords.help, run: () => setOpen("keys") },
    { keys: "u", what: keyWords.undo, run: () => void undoLast(actWords) },
    ...pages.map(({ key, name, path }) => ({
      keys: `g ${key}`,
      what: keyWords.goTo(pageWords[name]),
      run: () => go({ path }),
    })),
  ]);
  return (
    <>
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <div class="frame">
        <Rail />
        <div class="body">
          <TopBar onFind={() => setOpen("find")} onKeys={() => setOpen("keys")} />
          <main id="content" tabIndex={-1}>
            {children}
          </main>
        </div>
      </div>
      <DoneBar />
      <ActDialog />
      {open === "find" ? <Find onClose={close} /> : null}
      {open === "keys" ? <KeyHelp onClose={close} /> : null}
    </>
  );
}
