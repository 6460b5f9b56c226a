import assert from "node:assert/strict";
import { test } from "node:test";
import { sourcesBelow, textOf } from "./sources.ts";

const sources = sourcesBelow("packages/console/src");

test("no page of the console has a way by which text becomes markup or code", () => {
  const sinks =
    /innerHTML|InnerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|createContextualFragment|srcdoc|javascript:/;
  assert.deepEqual(
    sources.filter((file) => !file.endsWith("hostile-texts.ts") && sinks.test(textOf(file))),
    [],
  );
  assert.ok(sources.length > 60 && sinks.test("dangerouslySetInnerHTML={{}}"));
});

test("colours stand in one sheet, so that both themes have each of them", () => {
  const colours = /#[0-9a-f]{3,8}\b|\brgb\(|\bhsl\(/i;
  assert.deepEqual(
    sources.filter((file) => file.endsWith(".tsx") && colours.test(textOf(file))),
    [],
  );
});
