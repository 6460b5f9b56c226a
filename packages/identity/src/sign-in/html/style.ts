import { textOn } from "./contrast.ts";

/** One sheet for every page; the operator's colour is its only variable. */
export const styleSheet = (accent: string): string => `
:root {
  --accent: ${accent};
  --on-accent: ${textOn(accent)};
  --ink: #1c2321;
  --quiet: #5a6662;
  --line: #cfd6d3;
  --paper: #ffffff;
  --field: #ffffff;
  --ground: #f1f4f3;
  --warn: #a12d1b;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8eeeb;
    --quiet: #a3b0ab;
    --line: #3d4744;
    --paper: #1b211f;
    --field: #141918;
    --ground: #101413;
    --warn: #ff9d8a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  min-height: 100vh;
  display: grid;
  align-items: start;
  justify-items: center;
  background: var(--ground);
  color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif;
  padding: 8vh 1rem 2rem;
}
main {
  width: 100%;
  max-width: 26rem;
  background: var(--paper);
  border: 1px solid var(--line);
  border-top: 4px solid var(--accent);
  border-radius: .5rem;
  padding: 1.75rem;
}
main.wide { max-width: 40rem; }
h1 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0; }
form { margin: 0 0 .75rem; }
label { display: block; margin: 0 0 .9rem; font-weight: 600; }
input {
  display: block;
  width: 100%;
  margin-top: .3rem;
  padding: .65rem .7rem;
  font: inherit;
  font-weight: 400;
  color: inherit;
  background: var(--field);
  border: 1px solid var(--quiet);
  border-radius: .35rem;
}
input:focus-visible, button:focus-visible, a:focus-visible {
  outline: 3px solid var(--ink);
  outline-offset: 2px;
}
button, a.button {
  display: block;
  width: 100%;
  padding: .7rem;
  font: inherit;
  font-weight: 600;
  text-align: center;
  text-decoration: none;
  color: var(--on-accent);
  background: var(--accent);
  border: 1px solid transparent;
  border-radius: .35rem;
  cursor: pointer;
}
button.plain, a.button.plain {
  color: var(--ink);
  background: transparent;
  border-color: var(--quiet);
}
button.link {
  display: inline;
  width: auto;
  padding: .4rem 0;
  color: inherit;
  background: none;
  border: 0;
  font-weight: 400;
  text-decoration: underline;
}
a:not(.button) { color: inherit; }
.hint, .note { color: var(--quiet); font-size: .9rem; font-weight: 400; }
.fault {
  border-left: 4px solid var(--warn);
  padding: .3rem .75rem;
  color: var(--warn);
  margin: 0 0 1rem;
}
.said { border-left: 4px solid var(--accent); padding: .3rem .75rem; margin: 0 0 1rem; }
.or { text-align: center; color: var(--quiet); margin: .75rem 0; }
code, .codes { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.codes { columns: 2; padding: 0; list-style: none; }
ul.rows { list-style: none; padding: 0; margin: 0; }
ul.rows li {
  display: flex;
  gap: 1rem;
  justify-content: space-between;
  align-items: center;
  border-top: 1px solid var(--line);
  padding: .5rem 0;
}
ul.rows form { margin: 0; }
ul.rows button { width: auto; white-space: nowrap; }
[hidden] { display: none; }
`;
