import { remembered } from "../state/remembered.ts";

/** A key, or two behind one another (`g o`), and what it does. */
export interface KeyBinding {
  readonly keys: string;
  readonly what: string;
  readonly run: () => void;
}

/** Single keys can be turned off (WCAG 2.1.4): speech input and stuck keys press them unmeant. */
export const keysSwitch = remembered("keys", ["on", "off"]);

const layers: (readonly KeyBinding[])[] = [];
/** What holds now: later layers, such as a page's, stand over earlier ones. */
export const keysNow = (): readonly KeyBinding[] => layers.flat();

/** @returns what takes the layer away again */
export function addKeys(bindings: readonly KeyBinding[]): () => void {
  layers.push(bindings);
  return () => {
    const at = layers.indexOf(bindings);
    if (at !== -1) layers.splice(at, 1);
  };
}

const waitsMs = 1200;
let before = "";
let timer: ReturnType<typeof setTimeout> | undefined;

/** In a field, keys are letters; `Escape` always means the same. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]") !==
    null;

/** Enter and space belong to what has the focus, where it does something by them. */
const isPressable = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("a[href], button, summary, [role=option]") !== null;

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const { key, target } = event;
  if (isTyping(target)) return;
  if (document.querySelector("dialog[open]") !== null) return;
  if ((key === "Enter" || key === " ") && isPressable(target)) return;
  if (keysSwitch.get() === "off" && key !== "Escape") return;
  const typed = before === "" ? key : `${before} ${key}`;
  const all = layers.toReversed().flat();
  const found = all.find(({ keys }) => keys === typed) ?? all.find(({ keys }) => keys === key);
  clearTimeout(timer);
  before = "";
  if (found !== undefined) {
    event.preventDefault();
    found.run();
  } else if (all.some(({ keys }) => keys.startsWith(`${key} `))) {
    before = key;
    timer = setTimeout(() => (before = ""), waitsMs);
  }
}

export const beginKeys = (): void => addEventListener("keydown", onKey);
