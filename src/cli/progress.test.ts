import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { formatDuration, formatProgress, Progress, type ProgressState } from "./progress.ts";

function terminal(isTTY: boolean, columns = 200) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) };
}

const state = (step: number, more: Partial<ProgressState> = {}): ProgressState => ({
  step,
  totalSteps: 1000,
  batchSize: 64,
  values: { D_loss: 0.7214, G_loss: 1.25 },
  ...more,
});

test("a line shows bar, percent, speed, time left and losses", () => {
  expect(formatProgress(state(250), { stepsPerSecond: 12.5, secondsLeft: 60 })).toBe(
    "[#####---------------]  25%  step 250/1000  12.5 steps/s  800 img/s  1 min 00 s left  D_loss 0.721  G_loss 1.250",
  );
  expect(formatProgress(state(7, { totalSteps: undefined }))).toBe(
    "step 7  D_loss 0.721  G_loss 1.250",
  );
  expect(formatProgress(state(2000))).toContain("] 100%");
  expect(formatProgress(state(0, { totalSteps: 0 }))).not.toContain("NaN");
});

test("without a batch size only the share and the time left are shown", () => {
  const whole = { step: 250, fraction: 0.25, values: {} };
  expect(formatProgress(whole, { stepsPerSecond: 2, secondsLeft: 60 })).toBe(
    "[#####---------------]  25%  1 min 00 s left",
  );
});

test("durations read as a person says them", () => {
  expect([0, 59.4, 61, 3599, 3600, 7620].map(formatDuration)).toEqual([
    "0 s",
    "59 s",
    "1 min 01 s",
    "59 min 59 s",
    "1 h 00 min",
    "2 h 07 min",
  ]);
});

test("a terminal's line is drawn over, at most ten times a second, and never wraps", () => {
  let now = 0;
  const stream = terminal(true, 40);
  const progress = new Progress({ stream, now: () => now });
  for (let step = 0; step <= 100; step++, now += 10) progress.update(state(step));
  const lines = stream.written.filter((text) => !text.startsWith("\r"));
  expect(lines).toHaveLength(11);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(39);
  progress.message("careful");
  progress.end();
  expect(stream.written.join("")).toContain("\r\u001b[2Kcareful\n");
  expect(stream.written.at(-1)).toBe("\n");
});

test("a pipe gets whole lines every five seconds, with speed and time left", () => {
  let now = 0;
  const stream = terminal(false);
  const progress = new Progress({ stream, now: () => now });
  for (let step = 0; step <= 120; step++, now += 100) progress.update(state(step));
  expect(stream.written).toHaveLength(3);
  expect(stream.written[1]).toContain("step 50/1000  10.0 steps/s  640 img/s  1 min 35 s left");
  for (const line of stream.written) {
    expect(line.endsWith("\n")).toBe(true);
    expect(stripVTControlCharacters(line)).toBe(line);
  }
  progress.end();
  expect(stream.written).toHaveLength(4);
});

test("a run that ends after minutes tells the time left from its share", () => {
  let now = 0;
  const stream = terminal(false);
  const progress = new Progress({ stream, now: () => now });
  const timed = (step: number, fraction: number) =>
    state(step, { totalSteps: undefined, fraction });
  progress.update(timed(0, 0));
  now = 6000;
  progress.update(timed(30, 0.1));
  expect(stream.written[1]).toContain(" 10%  step 30  5.00 steps/s  320 img/s  54 s left");
});

test("what is counted shows its speed, with a label of its own", () => {
  let now = 0;
  const stream = terminal(false);
  const progress = new Progress({ stream, now: () => now });
  const told = (step: number) =>
    progress.update({
      ...{
        step,
        fraction: step / 200,
        values: { loss: 0.5 },
        label: `likelihood 1/2: ${step}/100`,
      },
      amount: { value: step * 1280, unit: "tokens" },
    });
  told(0);
  now = 6000;
  told(30);
  expect(stream.written[1]).toContain(
    " 15%  likelihood 1/2: 30/100  6400 tokens/s  34 s left  loss 0.500",
  );
});

test("quiet says nothing", () => {
  const stream = terminal(true);
  const progress = new Progress({ stream, quiet: true });
  progress.update(state(1));
  progress.message("x");
  progress.end();
  expect(stream.written).toEqual([]);
});
