/** The training doctor: what is measured of a game, and what its illnesses look like. */
export { type Checkup, checkupValues, logitGap } from "./checkup.ts";
export { diagnose, illnesses } from "./diagnose.ts";
export { Doctor, type DoctorSpec } from "./doctor.ts";
export { Examiner, type ExaminerSpec, type ReadArrays, type Reals } from "./examiner.ts";
export { type Guidance, type Intervention, intervene } from "./guard.ts";
export type { Curable, Finding, Illness, Sighting } from "./illness.ts";
export { checkupSteps } from "./timetable.ts";
