import { gradients } from "../graph/gradients.ts";
import * as ops from "../graph/ops/index.ts";
import { leaf } from "../graph/ops/leaf.ts";
import type { Value } from "../graph/value.ts";
import { Variables } from "../nn/scope.ts";
import { scheduleAt } from "../optim/schedule.ts";
import { usageError } from "../util/errors.ts";
import type { Loss } from "./loss.ts";
import type { Players } from "./model.ts";
import type { Regularizer, RegularizerInputs } from "./regularizer.ts";

/** One player's move: what it reads, minimises, and leaves behind. */
export interface Phase {
  readonly name: string;
  /** The network that this phase trains; its variables stand below this path. */
  readonly network: string;
  /** What it minimises, shape []. */
  readonly loss: Value;
  /** Batches and random numbers by name, e.g. `real` [N,C,H,W], `z` [N,latent]. */
  readonly inputs: ReadonlyMap<string, Value>;
  /** d(loss)/d(parameter) by parameter name. */
  readonly gradients: ReadonlyMap<string, Value>;
  /** New contents of state variables by name. */
  readonly assignments: ReadonlyMap<string, Value>;
  /** Further shape [] values to log. */
  readonly scalars: ReadonlyMap<string, Value>;
  /** After the update every weight of the network is cut to [-clip, clip]; 0 leaves them alone. */
  readonly clip?: number;
}

export interface GameSpec {
  readonly model: Players;
  /** Shape of one sample, without the batch: [C,H,W] of an image. */
  readonly sample: readonly number[];
  readonly loss: { readonly rule: Loss; readonly options: unknown };
  readonly regularizers: readonly { readonly rule: Regularizer; readonly options: unknown }[];
  readonly batch: number;
  /**
   * PacGAN (arXiv 1712.04086): D judges so many samples at a time, one behind the other along axis 1,
   * and sees a lack of variety. Divides `batch`; 1 is the plain game.
   */
  readonly pack?: number;
  readonly discriminatorSteps: number;
  readonly generatorSteps: number;
}

/** Networks and the moves of one iteration: all that an engine needs in order to train. */
export interface Game {
  readonly variables: Variables;
  /** The moves of one iteration in order; the same object may come several times. */
  readonly plan: readonly Phase[];
  /** The network of which a moving average is kept. */
  readonly averaged?: string;
}

/**
 * The two-player game as graphs. An iteration is `discriminatorSteps` discriminator moves, each on a
 * fresh batch, then `generatorSteps` generator moves. The generator's first move is judged on the
 * very fakes of the discriminator's last one, by the updated discriminator; further moves draw new z.
 */
export function buildGame(spec: GameSpec): Game {
  const { model, batch, loss, pack = 1 } = spec;
  checkPack(spec);
  const variables = new Variables();
  const discriminator = variables.scope("discriminator");
  const labels = model.classes > 0 ? leaf("labels", [batch], { kind: "data" }, "i32") : undefined;
  const real = leaf("real", [batch, ...spec.sample], { kind: "data" });
  const noise = () => leaf("z", [batch, model.latent], { kind: "noise", distribution: "normal" });
  const generate = (z: Value) => model.generator(variables.scope("generator"), z, labels);
  const discriminate = (x: Value) => model.discriminator(discriminator, packed(x, pack), labels);

  const schedules = new Map<string, Value>();
  /** A rule's own random numbers and schedules. */
  const resources = (rule: string) => {
    const scope = variables.scope(`regularizer/${rule}`);
    const noise: RegularizerInputs["noise"] = (...random) => scope.noise(...random);
    const scheduled: RegularizerInputs["scheduled"] = (name, schedule) => {
      if (typeof schedule === "number") return ops.scalar(schedule);
      const path = `${scope.path}/${name}`;
      const at = (kimg: number) => scheduleAt(schedule, kimg);
      // Each player's move asks again.
      const known = schedules.get(path) ?? leaf(path, [], { kind: "schedule", at });
      schedules.set(path, known);
      return known;
    };
    return { noise, scheduled };
  };

  const slopesOf = (network: string, value: Value) => {
    const trained = variables.under(network).filter((v) => v.trainable);
    return gradients(
      value,
      trained.map((v) => v.value),
    );
  };

  const finish = (
    name: string,
    network: Phase["network"],
    objective: Value,
    inputs: Map<string, Value>,
    scalars: Map<string, Value>,
  ): Phase => {
    if (labels) inputs.set("labels", labels);
    for (const [path, value] of [...variables.noise, ...schedules]) inputs.set(path, value);
    const trained = variables.under(network).filter((v) => v.trainable);
    const slopes = slopesOf(network, objective);
    return {
      name,
      network,
      loss: objective,
      inputs,
      gradients: new Map(trained.map((v, i) => [v.name, slopes[i] as Value])),
      assignments: new Map(variables.assigned),
      scalars,
      clip: (network === "discriminator" && loss.rule.clip?.(loss.options)) || 0,
    };
  };

  const z = noise();
  const fake = generate(z);
  const held = ops.stopGradient(fake);
  // Penalties differentiate one side's logits alone, which a shared pass would make dearer.
  const together = model.independentSamples === true && !labels && spec.regularizers.length === 0;
  const logits = together
    ? halves(discriminate(ops.concat([real, held], 0)), batch / pack)
    : { real: discriminate(real), fake: discriminate(held) };
  let objective = loss.rule.discriminator(logits, loss.options);
  const scalars = new Map([
    ["realLogit", ops.reduceMean(logits.real)],
    ["fakeLogit", ops.reduceMean(logits.fake)],
  ]);
  for (const { rule, options } of spec.regularizers) {
    if (!rule.penalty) continue;
    const given = { real, fake: held, discriminate };
    const judged = { realLogits: logits.real, fakeLogits: logits.fake };
    const term = rule.penalty({ ...given, ...judged, ...resources(rule.name) }, options);
    scalars.set(rule.name, term);
    objective = ops.add(objective, term);
  }
  const judge = (images: Value) => ({ real: discriminate(real), fake: discriminate(images) });
  /** `mine` with what both players pay for the game's gradients. */
  const withJoint = (
    mine: Value,
    network: Phase["network"],
    other: Phase["network"],
    theirs: () => Value,
    logged: Map<string, Value>,
  ): Value => {
    const joint = spec.regularizers.filter(({ rule }) => rule.joint);
    if (joint.length === 0) return mine;
    const inputs = { own: slopesOf(network, mine), others: slopesOf(other, theirs()) };
    return joint.reduce((sum, { rule, options }) => {
      const { scheduled } = resources(rule.name);
      const pay = rule.joint as NonNullable<typeof rule.joint>;
      const term = pay({ ...inputs, scheduled }, options);
      logged.set(rule.name, term);
      return ops.add(sum, term);
    }, mine);
  };
  const generatorLoss = () => loss.rule.generator(judge(fake), loss.options);
  objective = withJoint(objective, "discriminator", "generator", generatorLoss, scalars);
  const dInputs = new Map([
    ["real", real],
    ["z", z],
  ]);
  const dPhase = finish("d", "discriminator", objective, dInputs, scalars);

  const generatorPhase = (name: string, latent: Value, images: Value) => {
    const judged = {
      real: loss.rule.generatorNeedsReal ? discriminate(real) : logits.real,
      fake: discriminate(images),
    };
    // What an earlier move drew or read is listed, too: its values may be needed again.
    const inputs = new Map([...dInputs, ["z", latent] as const]);
    const logged = new Map<string, Value>();
    const mine = loss.rule.generator(judged, loss.options);
    const theirs = () => loss.rule.discriminator(judge(images), loss.options);
    const whole = withJoint(mine, "generator", "discriminator", theirs, logged);
    return finish(name, "generator", whole, inputs, logged);
  };
  // The fakes and their statistics were already counted in the discriminator's move.
  variables.beginPhase();
  const gPhase = generatorPhase("g", z, fake);
  const plan = [...new Array<Phase>(spec.discriminatorSteps).fill(dPhase), gPhase];
  if (spec.generatorSteps > 1) {
    variables.beginPhase();
    const fresh = noise();
    const again = generatorPhase("g-again", fresh, generate(fresh));
    plan.push(...new Array<Phase>(spec.generatorSteps - 1).fill(again));
  }
  return { variables, plan, averaged: "generator" };
}

/** m samples [C,...] after each other along axis 1: [N,C,...] -> [N/m,mC,...]. */
function packed(x: Value, m: number): Value {
  if (m === 1) return x;
  const [n, c, ...rest] = x.shape as number[];
  return ops.reshape(x, [(n as number) / m, (c as number) * m, ...rest]);
}

function checkPack({ pack = 1, batch, model }: GameSpec): void {
  if (batch % pack !== 0) {
    throw usageError(`pack must divide the batch of ${batch}, received ${pack}.`);
  }
  if (pack > 1 && model.classes > 0) {
    throw usageError("pack needs a model without classes; set model.conditional=false.");
  }
}

/** Logits [2N,1] of real images followed by fakes. */
function halves(both: Value, batch: number): { real: Value; fake: Value } {
  return { real: ops.slice(both, 0, 0, batch), fake: ops.slice(both, 0, batch, 2 * batch) };
}
