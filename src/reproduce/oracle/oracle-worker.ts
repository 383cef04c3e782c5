import { serveJob } from "../job-pool.ts";
import { keptOracle } from "./oracle-table.ts";

await serveJob(keptOracle);
