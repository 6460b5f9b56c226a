import { remembered } from "../state/remembered.ts";

export const themes = ["system", "light", "dark"] as const;

/** Colours as the system has them, or as somebody has chosen for this browser. */
export const theme = remembered("theme", themes);

const show = (chosen: (typeof themes)[number]): void => {
  document.documentElement.dataset["theme"] = chosen;
  dispatchEvent(new Event("colours"));
};

export function beginTheme(): void {
  show(theme.get());
  theme.follow(show);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show(theme.get()));
}
