import { expect, test } from "vitest";
import { Random } from "../../util/random.ts";
import { nearestImages } from "./nearest.ts";

test("the nearest are those of a full sort, equal ones in their order", () => {
  const random = new Random(1, "bank");
  const [count, each] = [300, 3 * 8 * 8];
  // Few values: some images are equally far away.
  const bank = Uint8Array.from({ length: count * each }, () => 120 + random.below(2));
  const image = bank.slice(17 * each, 18 * each);
  bank.copyWithin(40 * each, 17 * each, 18 * each);
  const all = Array.from({ length: count }, (_, index) => {
    const other = bank.subarray(index * each, (index + 1) * each);
    const sum = image.reduce((total, x, i) => total + (x - (other[i] as number)) ** 2, 0);
    return { index, distance: Math.sqrt(sum / each) };
  });
  all.sort((a, b) => a.distance - b.distance || a.index - b.index);
  expect(nearestImages(image, bank, 12)).toEqual(all.slice(0, 12));
  expect(all.slice(0, 2).map(({ index, distance }) => [index, distance])).toEqual([
    [17, 0],
    [40, 0],
  ]);
});

test("a distance is the root of the mean square of pixel values", () => {
  const bank = Uint8Array.of(0, 0, 0, 0, 255, 255, 255, 255);
  expect(nearestImages(Uint8Array.of(3, 4, 5, 0), bank, 5)).toEqual([
    { index: 0, distance: Math.sqrt(50 / 4) },
    { index: 1, distance: Math.sqrt((252 ** 2 + 251 ** 2 + 250 ** 2 + 255 ** 2) / 4) },
  ]);
  expect(nearestImages(Uint8Array.of(1), new Uint8Array(0), 5)).toEqual([]);
});
