import { order } from "../../packages/guard/src/order.ts";

/** docs/journey.md: the steps of a request in their order, and what each control decides. */
export function journeyPage(): string {
  return [
    "# The journey of a request",
    "Every request takes these steps in this order; the gate that serves and `portcullis explain` take the very same. A step sees the facts that it needs and those that it gives, and no others. The order is `packages/guard/src/order.ts`, which does not compile where a step stands before one that gives what it needs. A step whose mode key is `off` is left out.",
    "This page is written from the code by `npm run docs`.",
    "## Before the operation is known",
    tableOf(order.first),
    "Then the route is looked up: which operation of which document this is.",
    "## At the operation",
    tableOf(order.request),
    "Then the request is forwarded, with the identity of its caller signed by the gate.",
    "## On the backend's answer",
    "An answer that some step must read is held, and no byte of it leaves before every step has agreed.",
    tableOf(order.answer),
    "## The controls",
    [
      "| control | what it decides | refuses with |",
      "|---|---|---|",
      ...order.controls
        .toSorted((a, b) => a.name.localeCompare(b.name))
        .map(({ name, problems, sentence }) => {
          const codes = problems.flatMap((table) => Object.keys(table));
          return `| ${name} | ${sentence} | ${codes.map((code) => `\`${code}\``).join(", ")} |`;
        }),
    ].join("\n"),
    "",
  ].join("\n\n");
}

const tableOf = (steps: typeof order.first): string =>
  [
    "| step | control | mode key | needs | gives |",
    "|---|---|---|---|---|",
    ...steps.map(
      ({ control, facts: { gives, mode, needs, title } }) =>
        `| ${title} | ${control.name} | ${mode ?? "always"} | ${needs.join(", ")} | ${gives.join(", ")} |`,
    ),
  ].join("\n");
