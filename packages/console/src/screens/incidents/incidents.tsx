import type { JSX } from "preact";

export function Incidents(): JSX.Element {
  return <h1>Incidents</h1>;
}
