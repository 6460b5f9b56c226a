/** What other pages of the program are made of, so that all of them look like one. */
export { html, Markup } from "./markup.ts";
export { styleSheet } from "./style.ts";
