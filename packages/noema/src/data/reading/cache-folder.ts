/** @file cacheFolder: where files are kept that can be made again. */
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * $NOEMA_CACHE where it is set; else the folder "noema" where the system keeps caches: $XDG_CACHE_HOME or ~/.cache (XDG Base
 * Directory Specification 0.8, by which relative paths there are ignored), ~/Library/Caches, %LOCALAPPDATA%.
 */
export function cacheFolder(
  { platform, home, environment }: Machine = { platform: process.platform, home: homedir(), environment: process.env },
): string {
  const { NOEMA_CACHE: own = "", XDG_CACHE_HOME: xdg = "", LOCALAPPDATA: local = "" } = environment;
  if (own !== "") return resolve(own);
  if (platform === "darwin") return join(home, "Library", "Caches", "noema");
  if (platform === "win32") return join(local === "" ? join(home, "AppData", "Local") : local, "noema");
  return join(isAbsolute(xdg) ? xdg : join(home, ".cache"), "noema");
}
