import type { JSX } from "preact";

const paths = {
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  find: "M7 2.5a4.5 4.5 0 1 0 .01 0zM10.4 10.4l3.6 3.6",
} as const;

/** A small drawing beside a word that says the same. */
export const Icon = ({ of }: { readonly of: keyof typeof paths }): JSX.Element => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={paths[of]} />
  </svg>
);
