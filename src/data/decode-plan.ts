/** How to make the images that are not in the cache yet. */
export interface DecodePlan {
  /** How many images there are to decode. */
  readonly count: number;
  readonly channels: 1 | 3;
  readonly size: number;
  readonly classes: readonly string[];
  /** The label of candidate `i`, or -1. */
  labelOf(i: number): number;
  /** The pixels of candidate `i` as planes [C, H, W]; undefined leaves it out. */
  decode(i: number): Promise<Uint8Array | undefined> | Uint8Array | undefined;
  close?(): void;
}
