import * as Comlink from "comlink";
import { diracPortrait } from "../../play/dirac-portrait.ts";

const server = { diracPortrait };
export type DiracServer = typeof server;

Comlink.expose(server);
