/** @file The commands of atoms. */
import type { Command } from "../../terminal/command.js";
import { contributionCommand } from "./contribution.js";
import { densityCommand } from "./density.js";
import { encodeCommand } from "./encode.js";
import { learnCommand } from "./learn.js";
import { measureCommand } from "./measure.js";
import { neighboursCommand } from "./neighbours.js";
import { queryCommand } from "./query.js";
import { reportCommand } from "./report.js";
import { showCommand } from "./show.js";
import { steerCommand } from "./steer.js";
import { studyCommand } from "./study.js";
import { truncateCommand } from "./truncate.js";

export const atomsCommands = [
  learnCommand,
  encodeCommand,
  showCommand,
  truncateCommand,
  contributionCommand,
  steerCommand,
  queryCommand,
  neighboursCommand,
  densityCommand,
  reportCommand,
  measureCommand,
  studyCommand,
] as unknown as readonly Command[];
