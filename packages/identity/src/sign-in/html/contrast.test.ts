import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, textOn } from "./contrast.ts";
import { styleSheet } from "./style.ts";

test("contrast is that of WCAG: black on white is 21, a colour on itself is 1", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#777777", "#777777"), 1);
  assert.equal(contrast("#767676", "#ffffff").toFixed(2), "4.54");
});

test("whatever colour an operator chooses, the text of a button can be read", () => {
  const steps = ["00", "33", "66", "99", "cc", "ff"];
  for (const red of steps)
    for (const green of steps)
      for (const blue of steps) {
        const accent = `#${red}${green}${blue}`;
        const ratio = contrast(textOn(accent), accent);
        assert.ok(ratio >= 3.9, `${accent}: ${ratio}`);
        assert.match(styleSheet(accent), new RegExp(`--on-accent: ${textOn(accent)};`));
      }
  assert.equal(textOn("#ffd500"), "#1c2321", "white on yellow is not read");
  assert.equal(textOn("#1d5fd1"), "#ffffff");
});

test("the ring around what has the focus is seen in the light and in the dark, whatever the accent", () => {
  const sheet = styleSheet("#1d5fd1");
  assert.match(sheet, /:focus-visible \{\s+outline: 3px solid var\(--ink\);/);
  const inks = [...sheet.matchAll(/--ink: (#\w{6});/g)].map(([, ink = ""]) => ink);
  const papers = [...sheet.matchAll(/--paper: (#\w{6});/g)].map(([, paper = ""]) => paper);
  assert.equal(inks.length, 2);
  inks.forEach((ink, index) => assert.ok(contrast(ink, papers[index] ?? "") >= 3));
});
