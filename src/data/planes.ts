import { luma } from "./resize.ts";

/** True when the three planes are equal. */
export function isGrey(planes: Uint8Array): boolean {
  const area = planes.length / 3;
  for (let k = 0; k < area; k++) {
    if (planes[k] !== planes[area + k] || planes[k] !== planes[2 * area + k]) return false;
  }
  return true;
}

/** Colour planes [3, area] -> one plane by ITU-R 601 luma. */
export function toGrey(planes: Uint8Array): Uint8Array {
  const area = planes.length / 3;
  return Uint8Array.from({ length: area }, (_, k) =>
    luma(planes[k] as number, planes[area + k] as number, planes[2 * area + k] as number),
  );
}
