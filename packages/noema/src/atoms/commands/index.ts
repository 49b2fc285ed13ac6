/** @file The commands of atoms. */
import type { Command } from "../../terminal/command.js";
import { contributionCommand } from "./contribution.js";
import { densityCommand } from "./density.js";
import { encodeCommand } from "./encode.js";
import { learnCommand } from "./learn.js";
import { neighboursCommand } from "./neighbours.js";
import { queryCommand } from "./query.js";
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
  studyCommand,
] as unknown as readonly Command[];
