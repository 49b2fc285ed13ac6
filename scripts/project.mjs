/**
 * @file What the scripts of this repository share: where it is, installing it, building it, running a command in it.
 * Plain Node: all of this runs before anything is installed.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const packages = readdirSync(join(root, "packages"))
  .map((name) => join(root, "packages", name))
  .filter((folder) => existsSync(join(folder, "package.json")));

/** What tells the command line and the scripts that the build is whole; newer than every source it was made from. */
const buildStamp = join(root, "node_modules", ".cache", "noema-build");

/** Runs `node FILE ...args` in the repository's root; resolves to its exit status. */
export const runNode = (args, env = {}) => runCommand(process.execPath, args, env);

function runCommand(command, args, env, options = {}) {
  // Ctrl-C reaches the child by itself; we stay until it has put its things in order.
  const stay = () => {};
  process.on("SIGINT", stay);
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env }, ...options });
    const end = (status) => {
      process.off("SIGINT", stay);
      done(status);
    };
    child.on("error", (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      end(127);
    });
    child.on("exit", (code, signal) => end(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

/** The file that a package's `bin` entry names, e.g. `tool("typescript", "tsc")`. */
export function tool(packageName, bin = packageName) {
  const folder = join(root, "node_modules", packageName);
  const entry = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).bin;
  return join(folder, typeof entry === "string" ? entry : entry[bin]);
}

export function requireNode(major) {
  if (Number.parseInt(process.versions.node, 10) >= major) return;
  process.stderr.write(`Noema needs Node ${major} or newer, this is ${process.version}. code: NODE_VERSION\n`);
  process.exit(2);
}

/** Installs with `npm ci` when node_modules is missing or differs from package-lock.json. Exits on failure. */
export async function install() {
  if (installed()) return;
  process.stdout.write("Installing the packages of package-lock.json …\n");
  // Without this, onnxruntime-node would fetch CUDA files that only some machines can use; README says how to get them.
  const env = { ONNXRUNTIME_NODE_INSTALL: "skip" };
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund"];
  const npm = process.env.npm_execpath;
  const status = npm?.endsWith(".js")
    ? await runNode([npm, ...args], env)
    : await runCommand("npm", args, env, { shell: process.platform === "win32" });
  if (status === 0) return;
  process.stderr.write("The install failed; what npm said stands above. code: INSTALL\n");
  process.exit(status);
}

/** Does node_modules hold every package that package-lock.json names, in that version? */
function installed() {
  const found = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(found)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(found, "utf8")).packages;
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (!path.startsWith("node_modules/")) return true;
    if (link) return existsSync(join(root, path, "package.json"));
    if (present[path] === undefined) return optional === true;
    return present[path].version === version && existsSync(join(root, path));
  });
}

/** Builds every package into its dist/ when a source is newer than the last whole build. Exits on failure. */
export async function build({ force = false } = {}) {
  if (!force && built()) return;
  const status = await compile();
  if (status === 0) return;
  process.stderr.write("The build failed; what the compiler said stands above. code: BUILD\n");
  process.exit(status);
}

/** Runs the compiler over sources and tests; resolves to its exit status. */
export async function compile() {
  const start = new Date();
  for (const folder of packages) removeOrphans(join(folder, "dist"), join(folder, "src"));
  rmSync(buildStamp, { force: true });
  const status = await runNode([tool("typescript", "tsc"), "-b"]);
  if (status === 0) writeStamp(start);
  return status;
}

function writeStamp(time) {
  const folder = dirname(buildStamp);
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  writeFileSync(buildStamp, "");
  utimesSync(buildStamp, time, time);
}

function built() {
  if (!existsSync(buildStamp) || packages.some((folder) => !existsSync(join(folder, "dist", "index.js")))) return false;
  const time = statSync(buildStamp).mtimeMs;
  const configuration = ["package-lock.json", "tsconfig.json", "tsconfig.base.json"].map((name) => join(root, name));
  return [...configuration, ...packages.flatMap(sourcesOf)].every((path) => statSync(path).mtimeMs <= time);
}

/** Files and folders alike: a folder's time moves when a file in it is removed. */
const sourcesOf = (folder) => [
  join(folder, "tsconfig.json"),
  join(folder, "src"),
  ...readdirSync(join(folder, "src"), { recursive: true }).map((path) => join(folder, "src", path)),
];

/** The compiler never removes what it made from a source that is gone, and an index that lists a folder would find it. */
function removeOrphans(dist, src) {
  if (!existsSync(dist)) return;
  for (const path of readdirSync(dist, { recursive: true })) {
    const source = path.replace(/([.]d[.]ts|[.]js)([.]map)?$/, ".ts");
    if (source !== path && !existsSync(join(src, source))) rmSync(join(dist, path));
  }
}
