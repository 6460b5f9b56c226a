import { ok, refusing, route, type Route } from "../route.ts";
import { object, text, wholeNumber } from "../shape.ts";
import { type Pressed, PressureFault, type Pressing } from "./pressing.ts";

const string = { type: "string" };
const wish = object({ operations: text }, { forSeconds: wholeNumber });
const properties = { kind: string, value: string, operations: string };

/** Whose requests cost more because an operator says so. */
export const pressureRoutes = (pressing: Pressing): readonly Route[] => [
  route({
    method: "POST",
    path: "/pressure/{kind}/{value}",
    operationId: "raisePressure",
    summary: "Lets requests of somebody to a class of operations cost a step more, on this node",
    needs: "operator",
    body: wish,
    answer: {
      status: 200,
      description: "How many times more they cost now.",
      schema: {
        type: "object",
        properties: { ...properties, step: { type: "integer" }, times: { type: "integer" } },
        required: ["kind", "value", "operations", "step", "times"],
      },
    },
    handle: refusing(PressureFault, async ({ body: { forSeconds = 0, operations }, path }) => {
      const pressed = pressedOf(path, operations);
      return ok({ ...pressed, ...pressing.raise(pressed, forSeconds * 1000) });
    }),
  }),
  route({
    method: "POST",
    path: "/pressure/{kind}/{value}/lift",
    operationId: "liftPressure",
    summary: "Lets them cost as usual again, on this node",
    needs: "operator",
    body: object({ operations: text }, {}),
    answer: {
      status: 200,
      description: "They cost as usual; `wasPressed` says whether they had not.",
      schema: {
        type: "object",
        properties: { ...properties, wasPressed: { type: "boolean" } },
        required: ["kind", "value", "operations", "wasPressed"],
      },
    },
    handle: refusing(PressureFault, async ({ body: { operations }, path }) => {
      const pressed = pressedOf(path, operations);
      return ok({ ...pressed, wasPressed: pressing.lift(pressed) });
    }),
  }),
];

function pressedOf(
  { kind, value = "" }: Readonly<Record<string, string>>,
  operations: string,
): Pressed {
  if (kind !== "user" && kind !== "address") throw new PressureFault("'kind' is user or address");
  return { kind, value, operations };
}
