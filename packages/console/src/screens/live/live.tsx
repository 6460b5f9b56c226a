import type { JSX } from "preact";

export function Live(): JSX.Element {
  return <h1>Live</h1>;
}
