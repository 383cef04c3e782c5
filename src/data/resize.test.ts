import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import fixture from "./fixtures/resize.json" with { type: "json" };
import { fitPlane, luma, resizePlane } from "./resize.ts";

test.each(fixture.cases)("resizes $h x $w to $toH x $toW as Pillow does", (c) => {
  const source = new Uint8Array(Buffer.from(c.source, "base64"));
  const out = resizePlane(source, c.h, c.w, c.toH, c.toW);
  expect(createHash("sha256").update(out).digest("hex")).toBe(c.sha256);
});

test("fits by centre crop, by padding and by stretching", () => {
  const wide = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  expect([...fitPlane(wide, 2, 4, 2, "crop", 0)]).toEqual([2, 3, 6, 7]);
  expect([...fitPlane(wide, 2, 4, 4, "pad", 9)]).toEqual([
    9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9,
  ]);
  expect(fitPlane(wide, 2, 4, 2, "stretch", 0)).toEqual(resizePlane(wide, 2, 4, 2, 2));
  const tall = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  expect([...fitPlane(tall, 4, 2, 2, "crop", 0)]).toEqual([3, 4, 5, 6]);
  expect([...fitPlane(tall, 4, 2, 4, "pad", 0)]).toEqual([
    0, 1, 2, 0, 0, 3, 4, 0, 0, 5, 6, 0, 0, 7, 8, 0,
  ]);
});

test("luma keeps greys and ends at 255", () => {
  for (let v = 0; v < 256; v++) expect(luma(v, v, v)).toBe(v);
});
