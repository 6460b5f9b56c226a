import type { JsonSchema } from "../shape.ts";
import { listedSwitch } from "../switches/switches.ts";

const text = { type: "string" };
const flag = { type: "boolean" };
const whole = (description: string): JsonSchema => ({ type: "integer", description });

const reach = {
  requests: whole("Requests that are answered today, and would be refused."),
  people: whole("Who they came from: by who signed in, else by device, else by address."),
  boundRequests: whole("Those that came with a credential bound to a key of their device."),
  boundPeople: whole("Who those came from."),
  mended: whole("Requests that would pass with something taken out of them or of their answer."),
  already: whole("Requests that would be refused, and that something else refuses already."),
};
const reachNames = Object.keys(reach);

const build = {
  type: "object",
  properties: {
    app: text,
    version: text,
    seen: whole("All requests of this build; hours count whole."),
    ...reach,
  },
  required: ["seen", ...reachNames],
};

const step = {
  type: "object",
  properties: {
    words: text,
    state: { ...text, enum: ["observe", "enforce"] },
    app: { ...text, description: "For builds in this range." },
    percent: { type: "integer", description: "For this share of callers." },
    isHeld: { ...flag, description: "It would change nothing for anybody." },
    isExact: { ...flag, description: "Each request was judged; false: an estimate." },
    ...reach,
    builds: {
      type: "array",
      description: "Builds that it would newly concern.",
      items: {
        type: "object",
        properties: { app: text, version: text, ...reach },
        required: reachNames,
      },
    },
  },
  required: ["builds", "words", "state", "isHeld", "isExact", ...reachNames],
};

const control = {
  type: "object",
  properties: {
    control: text,
    sentence: text,
    rule: { ...text, description: "What stands there by the policy, in words." },
    mode: { ...text, enum: ["off", "observe", "enforce", "staged"] },
    modeWords: text,
    isExact: { ...flag, description: "Requests are judged by themselves." },
    estimatedBecause: text,
    builds: { type: "array", items: build },
    steps: {
      type: "array",
      items: step,
      description: "What a switch would do, the smallest first.",
    },
    next: whole("Which of the steps is next; -1 where all are taken."),
    unnamed: whole("Requests among these that name nobody by whom people could be counted."),
    switches: { type: "array", items: listedSwitch, description: "Those that hold here." },
    codes: { type: "array", items: text, description: "The codes of its refusals." },
  },
  required: [
    "control",
    "sentence",
    "mode",
    "modeWords",
    "isExact",
    "builds",
    "steps",
    "next",
    "unnamed",
    "switches",
    "codes",
  ],
};

export const forecastAnswer: JsonSchema = {
  type: "object",
  properties: {
    operation: text,
    place: text,
    from: { ...text, format: "date-time" },
    to: { ...text, format: "date-time" },
    requests: whole("All requests at the operation; hours count whole."),
    controls: { type: "array", items: control },
    missing: { type: "array", items: text },
  },
  required: ["operation", "from", "to", "requests", "controls"],
};
