import { slerp } from "./slerp.ts";

/** A point of the latent space, and the class that is drawn there. */
export interface LatentPoint {
  readonly z: Float32Array;
  /** Undefined for a generator without classes. */
  readonly label?: number | undefined;
}

/** Where a path is at `position`, 0 at its first point and 1 at its last; the class is the nearer point's. */
export function pointOnPath(points: readonly LatentPoint[], position: number): LatentPoint {
  const legs = points.length - 1;
  if (legs < 1) return points[0] as LatentPoint;
  const along = Math.max(0, Math.min(1, position)) * legs;
  const leg = Math.min(legs - 1, Math.floor(along));
  const [a, b] = [points[leg] as LatentPoint, points[leg + 1] as LatentPoint];
  const t = along - leg;
  return { z: slerp(a.z, b.z, t), label: t < 0.5 ? a.label : b.label };
}

/** The frames of a path, `perLeg` from each point to the next, with the last point at the end. */
export function pathFrames(points: readonly LatentPoint[], perLeg: number): LatentPoint[] {
  const frames = Math.max(0, points.length - 1) * perLeg;
  return Array.from({ length: frames + 1 }, (_, i) =>
    pointOnPath(points, frames === 0 ? 0 : i / frames),
  );
}

/** z [n,latent] of points. */
export function stacked(points: readonly LatentPoint[]): Float32Array {
  const latent = points[0]?.z.length ?? 0;
  const all = new Float32Array(points.length * latent);
  for (const [i, { z }] of points.entries()) all.set(z, i * latent);
  return all;
}
