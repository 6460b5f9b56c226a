import type { JsonSchema } from "../shape.ts";

const text = { type: "string" };
const whole = { type: "integer" };

const cell = {
  type: "object",
  properties: {
    mode: { ...text, enum: ["off", "observe", "enforce", "staged"] },
    words: { ...text, description: "The mode in words: for whom, else what." },
    rule: { ...text, description: "What stands there by the policy; - where nothing does." },
    observed: { ...whole, description: "Refusals that were only observed." },
    enforced: { ...whole, description: "Refusals that were enforced." },
  },
  required: ["mode", "words", "observed", "enforced"],
};

export const operationsAnswer: JsonSchema = {
  type: "object",
  properties: {
    from: { ...text, format: "date-time" },
    to: { ...text, format: "date-time" },
    isCounted: {
      type: "boolean",
      description: "Whether records are kept; without them no counts.",
    },
    controls: {
      type: "array",
      items: {
        type: "object",
        properties: { key: text, sentence: text, isExact: { type: "boolean" } },
        required: ["key", "sentence", "isExact"],
      },
    },
    items: {
      type: "array",
      items: {
        type: "object",
        properties: {
          name: text,
          place: { ...text, description: "METHOD /path; absent for what no document names." },
          tags: { type: "array", items: text },
          holes: {
            type: "array",
            items: {
              ...text,
              enum: ["write-without-owner", "sign-in-without-failure-limit", "undeclared-answers"],
            },
          },
          requests: whole,
          refused: whole,
          failed: whole,
          p95Ms: { type: "number", description: "Of requests that passed." },
          hours: { type: "array", items: whole, description: "Requests of each hour, at most 25." },
          cells: { type: "object", additionalProperties: cell },
        },
        required: ["name", "tags", "holes", "cells"],
      },
    },
    missing: { type: "array", items: text },
  },
  required: ["from", "to", "isCounted", "controls", "items"],
};
