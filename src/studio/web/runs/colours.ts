/** A colour for light and for dark pages, as CSS. */
const pairs = {
  discriminator: ["#17733f", "#5fd38d"],
  generator: ["#7a35b8", "#c79bf2"],
  held: ["#0e7c86", "#4fd0dc"],
  others: [
    ["#7a35b8", "#c79bf2"],
    ["#0e7c86", "#4fd0dc"],
    ["#a8690a", "#f0b755"],
    ["#b3246b", "#ff8fc4"],
    ["#586271", "#a3adbb"],
  ],
  runs: [
    ["#1259c3", "#7fb1ff"],
    ["#b3246b", "#ff8fc4"],
    ["#17733f", "#5fd38d"],
    ["#8a5a00", "#f0b755"],
  ],
} as const;

const css = ([light, dark]: readonly [string, string]) => `light-dark(${light}, ${dark})`;

/** Real is blue, fake is orange; D and G have colours of their own; others take turns. */
export function curveColour(name: string, index: number): string {
  const last = name.split(/[./]/).at(-1) ?? "";
  if (/^real/.test(last)) return "var(--real)";
  if (/^fake/.test(last)) return "var(--fake)";
  if (/^held/.test(last)) return css(pairs.held);
  if (/^d(\.|$)/.test(name) || /^discriminator/.test(last)) return css(pairs.discriminator);
  if (/^g(\.|$)/.test(name) || /^generator/.test(last)) return css(pairs.generator);
  return css(pairs.others[index % pairs.others.length] as readonly [string, string]);
}

/** Of the runs that are compared. */
export function runColour(index: number): string {
  return css(pairs.runs[index % pairs.runs.length] as readonly [string, string]);
}

/** Lines are told apart without colours, too. */
export const runDashes: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
