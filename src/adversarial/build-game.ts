import { gradients } from "../graph/gradients.ts";
import * as ops from "../graph/ops/index.ts";
import { leaf } from "../graph/ops/leaf.ts";
import type { Value } from "../graph/value.ts";
import { Variables } from "../nn/scope.ts";
import { usageError } from "../util/errors.ts";
import type { ChosenRegularizer, Game, GameSpec, Phase } from "./game.ts";
import type { Logits } from "./loss.ts";
import { noiseRole } from "./model.ts";
import type { Regularizer } from "./regularizer.ts";
import { RuleResources } from "./rule-resources.ts";
import { slopesOf } from "./slopes.ts";

/**
 * The two-player game as graphs. An iteration is `discriminatorSteps` discriminator moves, each on a
 * fresh batch, then `generatorSteps` generator moves. The generator's first move is judged on the
 * very fakes of the discriminator's last one, by the updated discriminator; further moves draw new z.
 * Penalties with an interval are moves of their own, after their player's.
 */
export function buildGame(spec: GameSpec): Game {
  check(spec);
  return new GameBuilder(spec).build();
}

type Player = "discriminator" | "generator";

/** Generated samples with the noise that made them; `held` is cut off from the generator. */
interface Fakes {
  readonly z: Value;
  readonly fake: Value;
  readonly held: Value;
}

/** A player's loss in the making, and what is logged of it. */
interface Objective {
  value: Value;
  readonly scalars: Map<string, Value>;
}

/** Builds the moves: the two networks on shared variables, losses, and the rules' terms. */
class GameBuilder {
  readonly #spec: GameSpec;
  readonly #variables = new Variables();
  readonly #resources = new RuleResources(this.#variables);
  /** Listed by later moves, too: what was made of them may be needed again. */
  #discriminatorInputs: ReadonlyMap<string, Value> = new Map();
  /** What the discriminator sees in place of samples, in this move. */
  #seen = new Map<Value, Value>();
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
    const fakes = this.#fakes();
    const logits = this.#heldLogits(fakes.held);
    const discriminator = this.#discriminatorPhase(fakes, logits);
    this.#discriminatorInputs = discriminator.inputs;
    const lazyDiscriminator = this.#lazyPhases("penalty", (chosen) => {
      const held = this.#judge(fakes.held);
      return this.#lazyPhase("d", "discriminator", fakes.z, chosen, (one) =>
        this.#penalty(one, fakes, held),
      );
    });
    const generator = this.#generatorPhase("g", fakes, logits.real);
    const lazyGenerator = this.#lazyPhases("generatorPenalty", (chosen) =>
      this.#lazyPhase("g", "generator", fakes.z, chosen, (one) =>
        this.#generatorPenalty(one, fakes),
      ),
    );
    const plan = [
      ...new Array<Phase>(discriminatorSteps).fill(discriminator),
      ...lazyDiscriminator,
      generator,
    ];
    if (generatorSteps > 1) {
      this.#beginMove();
      const again = this.#generatorPhase("g-again", this.#fakes(), logits.real);
      plan.push(...new Array<Phase>(generatorSteps - 1).fill(again));
    }
    plan.push(...lazyGenerator);
    return { variables: this.#variables, plan, averaged: "generator" };
  }

  /** State is again what the moves before left there; random numbers are new. */
  #beginMove(): void {
    this.#variables.beginPhase();
    this.#seen = new Map();
  }

  #fakes(): Fakes {
    const { batch, model } = this.#spec;
    const z = leaf("z", [batch, model.latent], noiseRole(model));
    const fake = this.#generate(z);
    return { z, fake, held: ops.stopGradient(fake) };
  }

  #generate = (z: Value): Value =>
    this.#spec.model.generator(this.#variables.scope("generator"), z, this.#labels);

  #see(samples: Value): Value {
    const known = this.#seen.get(samples);
    if (known) return known;
    const seen = this.#spec.regularizers.reduce(
      (x, { rule, options }) => rule.perturb?.(x, this.#resources.of(rule.name), options) ?? x,
      samples,
    );
    this.#seen.set(samples, seen);
    return seen;
  }

  #discriminate = (samples: Value): Value => {
    const { model, pack = 1 } = this.#spec;
    const scope = this.#variables.scope("discriminator");
    return model.discriminator(scope, packed(this.#see(samples), pack), this.#labels);
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

  #discriminatorPhase(fakes: Fakes, logits: Logits): Phase {
    const { loss, model, regularizers } = this.#spec;
    const { z, fake, held } = fakes;
    const objective: Objective = {
      value: loss.rule.discriminator(logits, loss.options),
      scalars: new Map([
        ["realLogit", ops.reduceMean(logits.real)],
        ["fakeLogit", ops.reduceMean(logits.fake)],
      ]),
    };
    if (model.auxiliary) {
      this.#addAuxiliary(objective, "auxiliaryReal", this.#real);
      this.#addAuxiliary(objective, "auxiliaryFake", held, z);
    }
    for (const chosen of regularizers) {
      const { rule, options } = chosen;
      if (rule.penalty && !isLazy(chosen)) {
        add(objective, rule.name, this.#penalty(chosen, fakes, logits));
      }
      const kept = rule.observe?.(logits, this.#resources.of(rule.name), options) ?? {};
      for (const [name, value] of Object.entries(kept)) {
        objective.scalars.set(`${rule.name}.${name}`, value);
      }
    }
    const theirs = () => loss.rule.generator(this.#judge(fake), loss.options);
    this.#addJoint(objective, "discriminator", theirs);
    return this.#finish("d", "discriminator", objective, z);
  }

  #generatorPhase(name: string, fakes: Fakes, realLogits: Value): Phase {
    if (name === "g") this.#beginMove();
    const { loss, model, regularizers } = this.#spec;
    const { rule, options } = loss;
    const { z, fake } = fakes;
    const judged = this.#ahead(fake, () => ({
      real: rule.generatorNeedsReal ? this.#discriminate(this.#real) : realLogits,
      fake: this.#selected(this.#discriminate(fake)),
    }));
    const objective: Objective = { value: rule.generator(judged, options), scalars: new Map() };
    if (model.auxiliary) this.#addAuxiliary(objective, "auxiliary", fake, z);
    for (const chosen of regularizers) {
      if (!chosen.rule.generatorPenalty || isLazy(chosen)) continue;
      add(objective, chosen.rule.name, this.#generatorPenalty(chosen, fakes));
    }
    const theirs = () => rule.discriminator(this.#judge(fake), options);
    this.#addJoint(objective, "generator", theirs);
    return this.#finish(name, "generator", objective, z);
  }

  /** The moves of lazy rules that have `hook`, one for each interval. */
  #lazyPhases(
    hook: "penalty" | "generatorPenalty",
    build: (chosen: readonly ChosenRegularizer[]) => Phase,
  ): Phase[] {
    const lazy = this.#spec.regularizers.filter((r) => r.rule[hook] && isLazy(r));
    const intervals = [...new Set(lazy.map((r) => r.interval as number))];
    return intervals.map((interval) => {
      this.#beginMove();
      return build(lazy.filter((r) => r.interval === interval));
    });
  }

  #lazyPhase(
    name: string,
    network: Player,
    z: Value,
    chosen: readonly ChosenRegularizer[],
    term: (one: ChosenRegularizer) => Value,
  ): Phase {
    const interval = chosen[0]?.interval as number;
    const objective: Objective = { value: ops.scalar(0), scalars: new Map() };
    for (const one of chosen) add(objective, one.rule.name, term(one));
    objective.value = ops.mul(objective.value, ops.scalar(interval));
    return { ...this.#finish(`${name}-every-${interval}`, network, objective, z), interval };
  }

  #penalty({ rule, options }: ChosenRegularizer, { z, held }: Fakes, logits: Logits): Value {
    const inputs = {
      real: this.#real,
      fake: held,
      z,
      discriminate: this.#discriminate,
      generate: this.#generate,
      realLogits: logits.real,
      fakeLogits: logits.fake,
      ...this.#resources.of(rule.name),
    };
    return (rule.penalty as NonNullable<Regularizer["penalty"]>)(inputs, options);
  }

  #generatorPenalty({ rule, options }: ChosenRegularizer, { z, fake }: Fakes): Value {
    const { styles, synthesize } = this.#spec.model;
    const scope = this.#variables.scope("generator");
    const inputs = {
      z,
      fake,
      generate: this.#generate,
      ...(styles && { styles: (from: Value) => styles(scope, from, this.#labels) }),
      ...(synthesize && { synthesize: (from: Value) => synthesize(scope, from) }),
      ...this.#resources.of(rule.name),
    };
    const penalize = rule.generatorPenalty as NonNullable<Regularizer["generatorPenalty"]>;
    return penalize(inputs, options);
  }

  /** The term of the discriminator's second head, where it has something to say of these samples. */
  #addAuxiliary(objective: Objective, name: string, samples: Value, z?: Value): void {
    const scope = this.#variables.scope("discriminator");
    const judged = { samples: this.#see(samples), z, labels: this.#labels };
    const term = this.#spec.model.auxiliary?.(scope, judged);
    if (term) add(objective, name, term);
  }

  /** The logits that the generator learns from. */
  #selected(logits: Value): Value {
    return this.#spec.regularizers.reduce(
      (x, { rule, options }) => rule.select?.(x, this.#resources.of(rule.name), options) ?? x,
      logits,
    );
  }

  /** Runs `judge` with the discriminator as it would be after the steps that a rule looks ahead. */
  #ahead(fake: Value, judge: () => Logits): Logits {
    const { loss, regularizers } = this.#spec;
    const looking = regularizers.find(({ rule }) => rule.unroll);
    const unrolling = looking?.rule.unroll?.(looking.options);
    if (!unrolling) return judge();
    const { substituted } = this.#variables;
    const trained = this.#variables.under("discriminator").filter((v) => v.trainable);
    const rate = ops.scalar(unrolling.learningRate);
    for (let step = 0; step < unrolling.steps; step++) {
      const now = trained.map((v) => substituted.get(v.name) ?? v.value);
      const theirs = loss.rule.discriminator(this.#judge(fake), loss.options);
      gradients(theirs, now).forEach((slope, i) => {
        const { name } = trained[i] as (typeof trained)[number];
        substituted.set(name, ops.sub(now[i] as Value, ops.mul(slope, rate)));
      });
    }
    const judged = judge();
    substituted.clear();
    return judged;
  }

  /** What both players pay for the game's gradients. */
  #addJoint(objective: Objective, player: Player, theirs: () => Value): void {
    const joint = this.#spec.regularizers.filter(({ rule }) => rule.joint);
    if (joint.length === 0) return;
    const other = player === "generator" ? "discriminator" : "generator";
    const slopes = {
      own: [...this.#slopes(player, objective.value).values()],
      others: [...this.#slopes(other, theirs()).values()],
    };
    for (const { rule, options } of joint) {
      const { scheduled } = this.#resources.of(rule.name);
      add(objective, rule.name, rule.joint?.({ ...slopes, scheduled }, options) as Value);
    }
  }

  /** d(value)/d(parameter) by the parameters of a network. */
  #slopes(network: string, value: Value): Map<string, Value> {
    return slopesOf(this.#variables, network, value);
  }

  #finish(name: string, network: Player, { value, scalars }: Objective, z: Value): Phase {
    const { rule, options } = this.#spec.loss;
    const inputs = new Map([
      ...this.#discriminatorInputs,
      ["real", this.#real],
      ["z", z],
      ...(this.#labels ? [["labels", this.#labels] as const] : []),
      ...this.#variables.noise,
      ...this.#resources.schedules,
    ]);
    return {
      name,
      network,
      loss: value,
      inputs,
      gradients: this.#slopes(network, value),
      assignments: new Map(this.#variables.assigned),
      scalars,
      clip: (network === "discriminator" && rule.clip?.(options)) || 0,
    };
  }
}

function isLazy({ interval = 1 }: ChosenRegularizer): boolean {
  return interval > 1;
}

function add(objective: Objective, name: string, term: Value): void {
  objective.scalars.set(name, term);
  objective.value = ops.add(objective.value, term);
}

/** m samples [C,...] after each other along axis 1: [N,C,...] -> [N/m,mC,...]. */
function packed(x: Value, m: number): Value {
  if (m === 1) return x;
  const [n, c, ...rest] = x.shape as number[];
  return ops.reshape(x, [(n as number) / m, (c as number) * m, ...rest]);
}

/** Logits [2N,1] of real samples followed by fakes. */
function halves(both: Value, batch: number): Logits {
  return { real: ops.slice(both, 0, 0, batch), fake: ops.slice(both, 0, batch, 2 * batch) };
}

function check({ pack = 1, batch, model, regularizers }: GameSpec): void {
  if (batch % pack !== 0) {
    throw usageError(`pack must divide the batch of ${batch}, received ${pack}.`);
  }
  if (pack > 1 && model.classes > 0) {
    throw usageError("pack needs a model without classes; set model.conditional=false.");
  }
  if (pack > 1 && model.auxiliary) {
    throw usageError("pack needs a model whose discriminator has no second head.");
  }
  for (const { rule, interval = 1 } of regularizers) {
    if (interval === 1 || rule.penalty || rule.generatorPenalty) continue;
    throw usageError(`regularizer "${rule.name}" works at every step: it has no interval.`);
  }
}
