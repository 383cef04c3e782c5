// Optimizer updates in place over flat f32 ranges, in AssemblyScript with 128-bit SIMD.
// Offsets are bytes (u32, so memories above 2 GiB work) and multiples of 4; n counts elements.
// Formulas and order of operations follow PyTorch's CPU loops, without fused multiply-add, so every
// machine gets the same bits.
//
// Denormals: CPUs take about 100 cycles for each, and a decaying state never leaves them: 4 * 0.9
// units of the last place round to 4 again. WebAssembly has no flush-to-zero, so first moments below
// the smallest normal number are stored as 0, and gradients whose square would be one count, in
// second moments, as the smallest whose square is not: those end near 1e-35, far below any eps^2.

const MIN_NORMAL: f32 = 1.1754944e-38;
const LANES: u32 = 4;
const BYTES: usize = 16;

@inline
function flush(x: v128): v128 {
  // Less-than is false for NaN, so NaN stays.
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(MIN_NORMAL)));
}

@inline
function flushOne(x: f32): f32 {
  return abs(x) < MIN_NORMAL ? 0 : x;
}

/** Just above the gradient for which weight * g * g is the smallest normal number. */
@inline
function squareLimit(weight: f32): f32 {
  return weight > 0 ? <f32>1.0001 * sqrt(MIN_NORMAL / weight) : 0;
}

/** decay * v + weight * g * g, without denormals; NaN stays. */
@inline
function second(v: v128, g: v128, decay: v128, weight: v128, limit: v128): v128 {
  const h = f32x4.pmax(f32x4.abs(g), limit);
  return f32x4.add(f32x4.mul(v, decay), f32x4.mul(f32x4.mul(weight, h), h));
}

@inline
function secondOne(v: f32, g: f32, decay: f32, weight: f32, limit: f32): f32 {
  const h = abs(g) < limit ? limit : abs(g);
  return v * decay + weight * h * h;
}

// PyTorch's lerp(a, b, w) is a + w (b - a) for w < 0.5 and b - (1 - w) (b - a) above.
@inline
function lerpFactor(w: f32): f32 {
  return w < 0.5 ? w : w - 1;
}

@inline
function lerp(a: v128, b: v128, factor: v128, fromB: v128): v128 {
  const base = v128.bitselect(b, a, fromB);
  return flush(f32x4.add(base, f32x4.mul(factor, f32x4.sub(b, a))));
}

@inline
function lerpOne(a: f32, b: f32, w: f32): f32 {
  return flushOne((w < 0.5 ? a : b) + lerpFactor(w) * (b - a));
}

@inline
function moved(
  p: v128,
  m: v128,
  v: v128,
  keep: v128,
  scale: v128,
  eps: v128,
  step: v128,
): v128 {
  const denom = f32x4.add(f32x4.mul(f32x4.sqrt(v), scale), eps);
  return f32x4.add(f32x4.mul(p, keep), f32x4.div(f32x4.mul(step, m), denom));
}

/**
 * Adam and AdamW (arXiv 1412.6980, 1711.05101): m is lerped to g by 1 - beta1, v to g^2 by
 * 1 - beta2, p = (1 - lr weightDecay) p - (lr / bc1) m / (sqrt(v) / sqrt(bc2) + eps).
 */
export function adam(
  param: usize,
  grad: usize,
  m: usize,
  v: usize,
  n: u32,
  lr: f64,
  beta1: f64,
  beta2: f64,
  eps: f64,
  biasCorrection1: f64,
  biasCorrection2: f64,
  weightDecay: f64,
): void {
  const w1 = <f32>(1 - beta1);
  const b2 = <f32>beta2;
  const w2 = <f32>(1 - beta2);
  const scale = <f32>(1 / Math.sqrt(biasCorrection2));
  const step = <f32>(-lr / biasCorrection1);
  const keep = <f32>(1 - lr * weightDecay);
  const e = <f32>eps;
  const limit = squareLimit(w2);

  const w1s = f32x4.splat(lerpFactor(w1));
  const b2s = f32x4.splat(b2);
  const w2s = f32x4.splat(w2);
  const scales = f32x4.splat(scale);
  const steps = f32x4.splat(step);
  const keeps = f32x4.splat(keep);
  const es = f32x4.splat(e);
  const limits = f32x4.splat(limit);

  const whole = n & ~(LANES - 1);
  const end = param + ((<usize>whole) << 2);
  // One loop for each form of the lerp: choosing between them lane by lane costs a tenth.
  if (w1 < 0.5) {
    for (; param != end; param += BYTES, grad += BYTES, m += BYTES, v += BYTES) {
      const g = v128.load(grad);
      const m0 = v128.load(m);
      const m1 = flush(f32x4.add(m0, f32x4.mul(w1s, f32x4.sub(g, m0))));
      const v1 = second(v128.load(v), g, b2s, w2s, limits);
      v128.store(param, moved(v128.load(param), m1, v1, keeps, scales, es, steps));
      v128.store(m, m1);
      v128.store(v, v1);
    }
  } else {
    for (; param != end; param += BYTES, grad += BYTES, m += BYTES, v += BYTES) {
      const g = v128.load(grad);
      const m1 = flush(f32x4.add(g, f32x4.mul(w1s, f32x4.sub(g, v128.load(m)))));
      const v1 = second(v128.load(v), g, b2s, w2s, limits);
      v128.store(param, moved(v128.load(param), m1, v1, keeps, scales, es, steps));
      v128.store(m, m1);
      v128.store(v, v1);
    }
  }
  for (let i = whole; i < n; i++) {
    const g = load<f32>(grad);
    const m1 = lerpOne(load<f32>(m), g, w1);
    const v1 = secondOne(load<f32>(v), g, b2, w2, limit);
    const denom = sqrt(v1) * scale + e;
    store<f32>(param, load<f32>(param) * keep + (step * m1) / denom);
    store<f32>(m, m1);
    store<f32>(v, v1);
    param += 4;
    grad += 4;
    m += 4;
    v += 4;
  }
}

/**
 * RMSProp: sq = alpha sq + (1 - alpha) g^2, d = g / (sqrt(sq) + eps), buf = momentum buf + d,
 * p = p - lr buf; without momentum, buf is not touched. weightDecay is added to g as L2.
 */
export function rmsprop(
  param: usize,
  grad: usize,
  sq: usize,
  buf: usize,
  n: u32,
  lr: f64,
  alpha: f64,
  eps: f64,
  momentum: f64,
  weightDecay: f64,
): void {
  const a = <f32>alpha;
  const w = <f32>(1 - alpha);
  const step = <f32>-lr;
  const e = <f32>eps;
  const mu = <f32>momentum;
  const decay = <f32>weightDecay;
  const limit = squareLimit(w);
  const useBuf = momentum != 0;

  const as = f32x4.splat(a);
  const ws = f32x4.splat(w);
  const steps = f32x4.splat(step);
  const es = f32x4.splat(e);
  const mus = f32x4.splat(mu);
  const decays = f32x4.splat(decay);
  const limits = f32x4.splat(limit);

  const whole = n & ~(LANES - 1);
  const end = param + ((<usize>whole) << 2);
  while (param != end) {
    const p = v128.load(param);
    const g = f32x4.add(v128.load(grad), f32x4.mul(decays, p));
    const s = second(v128.load(sq), g, as, ws, limits);
    v128.store(sq, s);
    const denom = f32x4.add(f32x4.sqrt(s), es);
    if (useBuf) {
      const b = flush(f32x4.add(f32x4.mul(v128.load(buf), mus), f32x4.div(g, denom)));
      v128.store(buf, b);
      v128.store(param, f32x4.add(p, f32x4.mul(steps, b)));
    } else {
      v128.store(param, f32x4.add(p, f32x4.div(f32x4.mul(steps, g), denom)));
    }
    param += BYTES;
    grad += BYTES;
    sq += BYTES;
    buf += BYTES;
  }
  for (let i = whole; i < n; i++) {
    const p = load<f32>(param);
    const g = load<f32>(grad) + decay * p;
    const s = secondOne(load<f32>(sq), g, a, w, limit);
    store<f32>(sq, s);
    const denom = sqrt(s) + e;
    if (useBuf) {
      const b = flushOne(load<f32>(buf) * mu + g / denom);
      store<f32>(buf, b);
      store<f32>(param, p + step * b);
    } else {
      store<f32>(param, p + (step * g) / denom);
    }
    param += 4;
    grad += 4;
    sq += 4;
    buf += 4;
  }
}

/**
 * SGD: g += weightDecay p; with momentum, buf = g at the first step and momentum buf + g after,
 * and g becomes buf, or g + momentum buf with Nesterov; p = p - lr g.
 */
export function sgd(
  param: usize,
  grad: usize,
  buf: usize,
  n: u32,
  lr: f64,
  momentum: f64,
  nesterov: i32,
  weightDecay: f64,
  first: i32,
): void {
  const step = <f32>-lr;
  const mu = <f32>momentum;
  const decay = <f32>weightDecay;
  const useBuf = momentum != 0;
  // At the first step the buffer may hold anything, NaN included: it is not read.
  const started = useBuf && !first;

  const steps = f32x4.splat(step);
  const mus = f32x4.splat(mu);
  const decays = f32x4.splat(decay);

  const whole = n & ~(LANES - 1);
  const end = param + ((<usize>whole) << 2);
  while (param != end) {
    const p = v128.load(param);
    let g = f32x4.add(v128.load(grad), f32x4.mul(decays, p));
    if (useBuf) {
      let b = g;
      if (started) b = flush(f32x4.add(f32x4.mul(v128.load(buf), mus), g));
      v128.store(buf, b);
      g = nesterov ? f32x4.add(g, f32x4.mul(mus, b)) : b;
    }
    v128.store(param, f32x4.add(p, f32x4.mul(steps, g)));
    param += BYTES;
    grad += BYTES;
    buf += BYTES;
  }
  for (let i = whole; i < n; i++) {
    const p = load<f32>(param);
    let g = load<f32>(grad) + decay * p;
    if (useBuf) {
      let b = g;
      if (started) b = flushOne(load<f32>(buf) * mu + g);
      store<f32>(buf, b);
      g = nesterov ? g + mu * b : b;
    }
    store<f32>(param, p + step * g);
    param += 4;
    grad += 4;
    buf += 4;
  }
}

/** Exponential moving average: target is lerped to source by 1 - decay. */
export function ema(target: usize, source: usize, n: u32, decay: f64): void {
  const w = <f32>(1 - decay);
  const factor = f32x4.splat(lerpFactor(w));
  const fromSource = i32x4.splat(w < 0.5 ? 0 : -1);
  const whole = n & ~(LANES - 1);
  const end = target + ((<usize>whole) << 2);
  while (target != end) {
    v128.store(target, lerp(v128.load(target), v128.load(source), factor, fromSource));
    target += BYTES;
    source += BYTES;
  }
  for (let i = whole; i < n; i++) {
    store<f32>(target, lerpOne(load<f32>(target), load<f32>(source), w));
    target += 4;
    source += 4;
  }
}

/** Sum of squares, accumulated in f64. */
export function sumSquares(x: usize, n: u32): f64 {
  let sum0 = f64x2.splat(0);
  let sum1 = f64x2.splat(0);
  const whole = n & ~(LANES - 1);
  const end = x + ((<usize>whole) << 2);
  while (x != end) {
    const low = f64x2.promote_low_f32x4(v128.load64_zero(x));
    const high = f64x2.promote_low_f32x4(v128.load64_zero(x, 8));
    sum0 = f64x2.add(sum0, f64x2.mul(low, low));
    sum1 = f64x2.add(sum1, f64x2.mul(high, high));
    x += BYTES;
  }
  const sums = f64x2.add(sum0, sum1);
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (let i = whole; i < n; i++) {
    const value = <f64>load<f32>(x);
    sum += value * value;
    x += 4;
  }
  return sum;
}

/** 1 if no element is NaN or infinite, else 0. */
export function allFinite(x: usize, n: u32): i32 {
  let bad = i32x4.splat(0);
  const magnitude = i32x4.splat(0x7fffffff);
  const infinity = i32x4.splat(0x7f800000);
  const whole = n & ~(LANES - 1);
  const end = x + ((<usize>whole) << 2);
  while (x != end) {
    bad = v128.or(bad, i32x4.ge_s(v128.and(v128.load(x), magnitude), infinity));
    x += BYTES;
  }
  if (v128.any_true(bad)) return 0;
  for (let i = whole; i < n; i++) {
    if ((load<i32>(x) & 0x7fffffff) >= 0x7f800000) return 0;
    x += 4;
  }
  return 1;
}

/** x = s x, for clipping gradients. */
export function scale(x: usize, n: u32, s: f64): void {
  const factor = <f32>s;
  const factors = f32x4.splat(factor);
  const whole = n & ~(LANES - 1);
  const end = x + ((<usize>whole) << 2);
  while (x != end) {
    v128.store(x, f32x4.mul(v128.load(x), factors));
    x += BYTES;
  }
  for (let i = whole; i < n; i++) {
    store<f32>(x, load<f32>(x) * factor);
    x += 4;
  }
}
