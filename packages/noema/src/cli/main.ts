process.stderr.write("noema has no command yet. code: NO_COMMAND\n");
process.exitCode = 2;

export {};
