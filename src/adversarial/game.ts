import { gradients } from "../graph/gradients.ts";
import * as ops from "../graph/ops/index.ts";
import { leaf } from "../graph/ops/leaf.ts";
import type { Value } from "../graph/value.ts";
import { zeros } from "../nn/initializers.ts";
import { Variables } from "../nn/scope.ts";
import { scheduleAt } from "../optim/schedule.ts";
import { usageError } from "../util/errors.ts";
import type { Logits, Loss } from "./loss.ts";
import type { Players } from "./model.ts";
import type { Regularizer, Resources } from "./regularizer.ts";

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
  checkPack(spec);
  return new GameBuilder(spec).build();
}

type Player = "discriminator" | "generator";

/** Fakes, the same cut off from the generator, and what the discriminator says of those. */
interface Held {
  readonly fake: Value;
  readonly held: Value;
  readonly logits: Logits;
}

/** Builds the moves: the two networks on shared variables, losses, and the rules' terms. */
class GameBuilder {
  readonly #spec: GameSpec;
  readonly #variables = new Variables();
  /** Options that change over training, by path. */
  readonly #schedules = new Map<string, Value>();
  /** Listed by later moves, too: what was made of them may be needed again. */
  #discriminatorInputs: ReadonlyMap<string, Value> = new Map();
  readonly #real: Value;
  readonly #labels: Value | undefined;

  constructor(spec: GameSpec) {
    const { batch, model, sample } = spec;
    this.#spec = spec;
    this.#real = leaf("real", [batch, ...sample], { kind: "data" });
    if (model.classes > 0) this.#labels = leaf("labels", [batch], { kind: "data" }, "i32");
  }

  build(): Game {
    const { discriminatorSteps, generatorSteps } = this.#spec;
    const variables = this.#variables;
    const z = this.#noise();
    const fake = this.#generate(z);
    const held = ops.stopGradient(fake);
    const logits = this.#heldLogits(held);
    const dPhase = this.#discriminatorPhase(z, { fake, held, logits });
    this.#discriminatorInputs = dPhase.inputs;
    // The fakes and their statistics were already counted in the discriminator's move.
    variables.beginPhase();
    const gPhase = this.#generatorPhase("g", z, fake, logits.real);
    const plan = [...new Array<Phase>(discriminatorSteps).fill(dPhase), gPhase];
    if (generatorSteps > 1) {
      variables.beginPhase();
      const fresh = this.#noise();
      const again = this.#generatorPhase("g-again", fresh, this.#generate(fresh), logits.real);
      plan.push(...new Array<Phase>(generatorSteps - 1).fill(again));
    }
    return { variables, plan, averaged: "generator" };
  }

  #noise(): Value {
    const { batch, model } = this.#spec;
    return leaf("z", [batch, model.latent], { kind: "noise", distribution: "normal" });
  }

  #generate(z: Value): Value {
    return this.#spec.model.generator(this.#variables.scope("generator"), z, this.#labels);
  }

  #discriminate = (samples: Value): Value => {
    const { model, pack = 1, regularizers } = this.#spec;
    const scope = this.#variables.scope("discriminator");
    const seen = regularizers.reduce(
      (x, { rule, options }) => rule.perturb?.(x, this.#resources(rule.name), options) ?? x,
      samples,
    );
    return model.discriminator(scope, packed(seen, pack), this.#labels);
  };

  #judge(fake: Value): Logits {
    return { real: this.#discriminate(this.#real), fake: this.#discriminate(fake) };
  }

  /** As the discriminator's move sees them: nothing flows back into the generator. */
  #heldLogits(held: Value): Logits {
    const { batch, model, pack = 1, regularizers } = this.#spec;
    // Penalties differentiate one side's logits alone, which a shared pass would make dearer.
    const together =
      model.independentSamples === true && !this.#labels && regularizers.length === 0;
    if (!together) return this.#judge(held);
    return halves(this.#discriminate(ops.concat([this.#real, held], 0)), batch / pack);
  }

  #discriminatorPhase(z: Value, { fake, held, logits }: Held): Phase {
    const { loss } = this.#spec;
    const scalars = new Map([
      ["realLogit", ops.reduceMean(logits.real)],
      ["fakeLogit", ops.reduceMean(logits.fake)],
    ]);
    const plain = loss.rule.discriminator(logits, loss.options);
    const penalized = this.#withPenalties(plain, held, logits, scalars);
    const theirs = () => loss.rule.generator(this.#judge(fake), loss.options);
    const objective = this.#withJoint(penalized, "discriminator", theirs, scalars);
    return this.#finish("d", "discriminator", objective, z, scalars);
  }

  #generatorPhase(name: string, z: Value, fake: Value, realLogits: Value): Phase {
    const { rule, options } = this.#spec.loss;
    const judged = {
      real: rule.generatorNeedsReal ? this.#discriminate(this.#real) : realLogits,
      fake: this.#discriminate(fake),
    };
    const scalars = new Map<string, Value>();
    const theirs = () => rule.discriminator(this.#judge(fake), options);
    const mine = rule.generator(judged, options);
    return this.#finish(
      name,
      "generator",
      this.#withJoint(mine, "generator", theirs, scalars),
      z,
      scalars,
    );
  }

  #withPenalties(plain: Value, held: Value, logits: Logits, scalars: Map<string, Value>): Value {
    let objective = plain;
    const samples = {
      real: this.#real,
      fake: held,
      discriminate: this.#discriminate,
      realLogits: logits.real,
      fakeLogits: logits.fake,
    };
    for (const { rule, options } of this.#spec.regularizers) {
      if (!rule.penalty) continue;
      const term = rule.penalty({ ...samples, ...this.#resources(rule.name) }, options);
      scalars.set(rule.name, term);
      objective = ops.add(objective, term);
    }
    return objective;
  }

  /** A player's loss with what both players pay for the game's gradients. */
  #withJoint(mine: Value, player: Player, theirs: () => Value, scalars: Map<string, Value>): Value {
    const joint = this.#spec.regularizers.filter(({ rule }) => rule.joint);
    if (joint.length === 0) return mine;
    const other = player === "generator" ? "discriminator" : "generator";
    const slopes = {
      own: [...this.#slopes(player, mine).values()],
      others: [...this.#slopes(other, theirs()).values()],
    };
    let objective = mine;
    for (const { rule, options } of joint) {
      const { scheduled } = this.#resources(rule.name);
      const term = rule.joint?.({ ...slopes, scheduled }, options) as Value;
      scalars.set(rule.name, term);
      objective = ops.add(objective, term);
    }
    return objective;
  }

  /** A rule's own random numbers, schedules and averages. */
  #resources(rule: string): Resources {
    const scope = this.#variables.scope(`regularizer/${rule}`);
    return {
      noise: (...random) => scope.noise(...random),
      scheduled: (name, schedule) => {
        if (typeof schedule === "number") return ops.scalar(schedule);
        const path = `${scope.path}/${name}`;
        const at = (kimg: number) => scheduleAt(schedule, kimg);
        // Each player's move asks again.
        const known = this.#schedules.get(path) ?? leaf(path, [], { kind: "schedule", at });
        this.#schedules.set(path, known);
        return known;
      },
      average: (name, now, decay) => {
        const before = scope.state(name, [], zeros);
        const kept = ops.mul(before, ops.scalar(decay));
        const added = ops.mul(now, ops.scalar(1 - decay));
        scope.assign(name, ops.stopGradient(ops.add(kept, added)));
        return before;
      },
    };
  }

  /** d(value)/d(parameter) by the parameters of a network. */
  #slopes(network: string, value: Value): Map<string, Value> {
    const trained = this.#variables.under(network).filter((v) => v.trainable);
    const slopes = gradients(
      value,
      trained.map((v) => v.value),
    );
    return new Map(trained.map((v, i) => [v.name, slopes[i] as Value]));
  }

  #finish(
    name: string,
    network: Player,
    objective: Value,
    z: Value,
    scalars: ReadonlyMap<string, Value>,
  ): Phase {
    const { rule, options } = this.#spec.loss;
    const inputs = new Map([
      ...this.#discriminatorInputs,
      ["real", this.#real],
      ["z", z],
      ...(this.#labels ? [["labels", this.#labels] as const] : []),
      ...this.#variables.noise,
      ...this.#schedules,
    ]);
    return {
      name,
      network,
      loss: objective,
      inputs,
      gradients: this.#slopes(network, objective),
      assignments: new Map(this.#variables.assigned),
      scalars,
      clip: (network === "discriminator" && rule.clip?.(options)) || 0,
    };
  }
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

/** Logits [2N,1] of real samples followed by fakes. */
function halves(both: Value, batch: number): Logits {
  return { real: ops.slice(both, 0, 0, batch), fake: ops.slice(both, 0, batch, 2 * batch) };
}
