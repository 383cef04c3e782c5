import { parseEvent, type StoredEvent } from "../../train/run-folder/run-event.ts";
import type { JsonObject, JsonValue } from "../../util/json.ts";

/** A generator of text at one temperature: how good, how varied. */
export interface SweepMark {
  readonly temperature: number;
  readonly x: number;
  readonly y: number;
}

/** Quality against diversity over temperatures, both better when lower. */
export interface TradeOff {
  readonly id: "bleu" | "lm";
  readonly marks: readonly SweepMark[];
  /** What as many real texts get; undefined where it was not measured. */
  readonly real: { readonly x: number; readonly y: number } | undefined;
}

/** Diversity across and quality upward, each a metric's value or one of its details. */
const tradeOffs = [
  { id: "bleu", across: ["self-bleu", "selfBleu3"], up: ["bleu", "bleu3"] },
  { id: "lm", across: ["reverse-lm", "value"], up: ["lm", "value"] },
] as const;

/** The trade-offs of the last judgement that holds a sweep; none where there is no such judgement. */
export function tradeOffsOf(events: readonly StoredEvent[]): TradeOff[] {
  const judged = events.findLast((e) => e.type === "metrics" && (e.sweep?.length ?? 0) > 0);
  const sweep = (judged?.type === "metrics" && judged.sweep) || [];
  return tradeOffs.flatMap(({ id, across, up }) => {
    const marks = sweep.flatMap((point) => {
      const { temperature } = point;
      const [x, y] = [figure(point, across), figure(point, up)];
      const whole = typeof temperature === "number" && x !== undefined && y !== undefined;
      return whole ? [{ temperature, x, y }] : [];
    });
    if (marks.length === 0) return [];
    const [x, y] = [floor(sweep[0], across), floor(sweep[0], up)];
    return [{ id, marks, real: x !== undefined && y !== undefined ? { x, y } : undefined }];
  });
}

type Figure = readonly [metric: string, detail: string];

function figure(point: JsonObject | undefined, [metric, detail]: Figure): number | undefined {
  return numberIn(objectIn(objectIn(point?.metrics)?.[metric])?.[detail]);
}

function floor(point: JsonObject | undefined, [metric, detail]: Figure): number | undefined {
  const found = objectIn(objectIn(point?.metrics)?.[metric]);
  return detail === "value"
    ? numberIn(found?.floor)
    : numberIn(objectIn(found?.floorDetails)?.[detail]);
}

function objectIn(value: JsonValue | undefined): JsonObject | undefined {
  const plain = typeof value === "object" && value !== null && !Array.isArray(value);
  return plain ? (value as JsonObject) : undefined;
}

function numberIn(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** The events of a run from the text of its `events.jsonl`; a last line that is cut off does not count. */
export function eventsIn(text: string): StoredEvent[] {
  return text.split("\n").flatMap((line) => parseEvent(line) ?? []);
}
