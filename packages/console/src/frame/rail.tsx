import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Link } from "../address/link.tsx";
import { usePlace } from "../address/place.ts";
import { frameWords as words, pageWords } from "../words/frame.ts";
import { type PageEntry, pageAt, pages } from "./pages.ts";

function PageLink({ page }: { readonly page: PageEntry }): JSX.Element {
  const isHere = pageAt(usePlace().parts) === page;
  return (
    <Link to={{ path: page.path }} current={isHere} class="page" keyHint={`g ${page.key}`}>
      {pageWords[page.name]}
    </Link>
  );
}

/** Every page at the side of a wide screen; four and the others behind the fifth on a narrow one. */
export function Rail(): JSX.Element {
  const more = useRef<HTMLDetailsElement>(null);
  const { parts } = usePlace();
  useEffect(() => more.current?.removeAttribute("open"), [parts]);
  return (
    <nav class="rail" aria-label={words.pages}>
      <Link to={{ path: "/" }} class="brand" label={words.name}>
        <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
          <path d="M4 3v13M10 3v15M16 3v13M2 7h16M2 12h16" />
        </svg>
        <span>{words.name}</span>
      </Link>
      <ul class="pages">
        {pages.map((page) => (
          <li key={page.name} class={page.narrow ? undefined : "wide-only"}>
            <PageLink page={page} />
          </li>
        ))}
        <li class="narrow-only">
          <details ref={more} class="more">
            <summary class="page">{words.more}</summary>
            <ul>
              {pages
                .filter(({ narrow }) => !narrow)
                .map((page) => (
                  <li key={page.name}>
                    <PageLink page={page} />
                  </li>
                ))}
            </ul>
          </details>
        </li>
      </ul>
    </nav>
  );
}
