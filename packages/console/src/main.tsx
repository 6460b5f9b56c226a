import { render } from "preact";
import { App } from "./app.tsx";
import { beginTheme } from "./frame/theme.ts";
import { beginKeys } from "./keys/keyboard.ts";
import "./look/look.css";

const place = document.getElementById("console");
if (place === null) throw new Error("the page has no place for the console");
beginTheme();
beginKeys();
render(<App />, place);
