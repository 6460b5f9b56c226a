export const chartWords = {
  asTable: "as a table",
  from: "From",
  hint: "Point at it, or use the arrow keys. Drag, or hold Shift, to choose a time.",
  beforeWas: (name: string, count: string): string => `${name} ${count}`,
};
