import type { LatentPoint } from "./path.ts";
import { lengthOf } from "./slerp.ts";

export type Corners = readonly [LatentPoint, LatentPoint, LatentPoint];
export type Place = readonly [x: number, y: number];

/** Where three points lie in the plane that they span: an equal-sided triangle around 0. */
export const cornerPlaces: readonly [Place, Place, Place] = [
  [0, 1],
  [-Math.sqrt(3) / 2, -0.5],
  [Math.sqrt(3) / 2, -0.5],
];

/** The plane can be walked this far to every side of 0. */
export const planeExtent = 1.6;

/** What of each corner is at a place; adds up to 1, negative beyond the opposite side. */
export function shares([x, y]: Place): readonly [number, number, number] {
  const first = (1 + 2 * y) / 3;
  const difference = x / Math.sqrt(3);
  return [first, (1 - first) / 2 - difference, (1 - first) / 2 + difference];
}

/**
 * The point at a place of the plane through three points; the class is the nearest corner's. Lengths go as
 * the corners' do, not as the plane's: in the middle they would be too short for the generator's prior.
 */
export function pointOnPlane(corners: Corners, place: Place): LatentPoint {
  const parts = shares(place);
  const { z: first } = corners[0];
  const z = first.map((_, i) =>
    parts.reduce((sum, part, k) => sum + part * ((corners[k] as LatentPoint).z[i] as number), 0),
  );
  const weights = parts.map((part) => Math.abs(part));
  const whole = weights.reduce((sum, w) => sum + w, 0);
  const wanted =
    corners.reduce((sum, corner, k) => sum + (weights[k] as number) * lengthOf(corner.z), 0) /
    whole;
  const length = lengthOf(z);
  const nearest = parts.indexOf(Math.max(...parts));
  return {
    z: length > 1e-6 ? z.map((v) => (v * wanted) / length) : z,
    label: corners[nearest]?.label,
  };
}
