import type { Game } from "../../adversarial/game.ts";
import type { Backend } from "../../runtime/session.ts";
import { DeviceEngine } from "./device-engine.ts";
import type { Engine, NetworkOptimizer } from "./engine.ts";
import { HostEngine } from "./host-engine.ts";

/** The engine that suits a backend: updates by the kernel in host memory, or in the graph. */
export function createEngine(
  game: Game,
  backend: Backend,
  optimizers: ReadonlyMap<string, NetworkOptimizer>,
): Promise<Engine> {
  return backend.updatesInGraph
    ? DeviceEngine.create(game, backend, optimizers)
    : HostEngine.create(game, backend, optimizers);
}
