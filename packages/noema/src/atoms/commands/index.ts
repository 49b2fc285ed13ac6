/** @file The commands of atoms. */
import type { Command } from "../../terminal/command.js";
import { encodeCommand } from "./encode.js";
import { learnCommand } from "./learn.js";
import { showCommand } from "./show.js";

export const atomsCommands = [learnCommand, encodeCommand, showCommand] as unknown as readonly Command[];
