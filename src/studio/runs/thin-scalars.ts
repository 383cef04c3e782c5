import type { ScalarsEvent, StoredEvent } from "../../train/run-folder/run-event.ts";
import type { Moments } from "../../train/run-folder/scalar-accumulator.ts";

type StoredScalars = StoredEvent & ScalarsEvent;

/**
 * Events with at most `most` `scalars` among them: neighbours are merged into one, which is exact, since
 * they hold [count, sum, sum of squares]; it stands where the last of them stood. Others stay as they are.
 */
export function thinScalars(events: readonly StoredEvent[], most: number): StoredEvent[] {
  const count = events.reduce((sum, e) => sum + (e.type === "scalars" ? 1 : 0), 0);
  const every = Math.ceil(count / most);
  if (every <= 1) return [...events];
  const out: StoredEvent[] = [];
  let gathered: StoredScalars | undefined;
  let size = 0;
  let seen = 0;
  for (const event of events) {
    if (event.type !== "scalars") {
      out.push(event);
      continue;
    }
    const whole: StoredScalars = gathered ? merged(gathered, event) : event;
    gathered = whole;
    size++;
    seen++;
    if (size < every && seen < count) continue;
    out.push(whole);
    gathered = undefined;
    size = 0;
  }
  return out;
}

/** Two stretches as one, which ends where the later one ends. */
function merged(earlier: StoredScalars, later: StoredScalars): StoredScalars {
  const values: Record<string, Moments> = { ...earlier.values };
  for (const [name, [count, sum, squares]] of Object.entries(later.values)) {
    const [c, s, q] = values[name] ?? [0, 0, 0];
    values[name] = [c + count, s + sum, q + squares];
  }
  return { ...later, values };
}
