import { join } from "node:path";
import { ROOT } from "./settings.ts";

/** The folder of an npm package of this checkout. */
export function packageFolder(name: string): string {
  return join(ROOT, "node_modules", name);
}

/** This machine's name in npm packages that hold a program for each platform. */
export function platformName(): string {
  return `${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
}
