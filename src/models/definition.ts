import type { z } from "zod";
import type { GanModel, ImageShape } from "../adversarial/model.ts";

/** A family of networks: checked options in, the two players out. */
export interface ModelDefinition<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<Options>;
  /** `classes` is the number of classes of the data, for options that condition on them. */
  build(options: Options, image: ImageShape, classes: number): GanModel;
}
