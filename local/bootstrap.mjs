// Sets up what is missing, then hands over to Deno: node local/bootstrap.mjs <command> [options].
// Plain Node without a dependency, because it runs before anything is installed.

import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { constants } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DEFAULT_STATE = join(ROOT, ".local");
const STATE = resolve(ROOT, process.env.WORKFLOW_LOCAL_DIR || DEFAULT_STATE);
const OLDEST_NODE = 20;
const INSTALLATION_MB = 1200;
const STATE_MB = 400;
const OTHER_FOLDER = 'choose another with "WORKFLOW_LOCAL_DIR=<folder> npm start"';

/** The package that holds Deno for each system on which the stack runs. */
const DENO_PACKAGES = {
  "linux-x64": "@deno/linux-x64-glibc",
  "linux-arm64": "@deno/linux-arm64-glibc",
  "darwin-x64": "@deno/darwin-x64",
  "darwin-arm64": "@deno/darwin-arm64",
};

const denoPackage = checkSystem();
makeStateFolder();
installPackages();
runDeno(join(ROOT, "node_modules", denoPackage, "deno"));

function checkSystem() {
  const system = `${process.platform}-${process.arch}`;
  const denoPackage = DENO_PACKAGES[system];
  if (denoPackage === undefined || isMusl()) {
    fail(
      `Cannot run the local stack on ${system}${isMusl() ? " with musl" : ""}: ` +
        "use Linux with glibc or macOS, on x64 or arm64",
    );
  }
  if (Number.parseInt(process.versions.node) < OLDEST_NODE) {
    fail(
      `Cannot run on Node ${process.versions.node}: install Node ${OLDEST_NODE} or newer, ` +
        "for example from https://nodejs.org",
    );
  }
  return denoPackage;
}

function isMusl() {
  return process.platform === "linux" &&
    process.report.getReport().header.glibcVersionRuntime === undefined;
}

/** A folder that holds anything else is refused, because a reset would empty it. */
function makeStateFolder() {
  const mark = join(STATE, "lock");
  try {
    fs.mkdirSync(STATE, { recursive: true });
    const isEmpty = fs.readdirSync(STATE).length === 0;
    if (isEmpty) fs.writeFileSync(mark, "");
    if (isEmpty || STATE === DEFAULT_STATE || fs.existsSync(mark)) return;
  } catch (error) {
    fail(`Cannot use the folder "${STATE}" (${error.code}): ${OTHER_FOLDER}`);
  }
  fail(`Cannot keep the stack's state in "${STATE}", which holds other files: ${OTHER_FOLDER}`);
}

function installPackages() {
  const missing = !isInstalled();
  checkSpace(missing ? INSTALLATION_MB : STATE_MB);
  if (!missing) return;
  console.log("Installing packages with npm ci (about 500 MB, once)");
  const { command, args } = npm();
  const result = spawnSync(
    command,
    [
      ...args,
      "ci",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      "--fetch-retry-mintimeout=1000",
      "--fetch-retry-maxtimeout=4000",
    ],
    { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "inherit", "pipe"] },
  );
  if (result.status === 0) return;
  const output = result.error === undefined ? result.stderr : result.error.message;
  if (/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH/.test(output)) {
    fail(
      "Cannot reach the npm registry: check the network and what " +
        '"npm config get registry" says, then type the same command again',
    );
  }
  if (/ENOSPC/.test(output)) failForSpace(INSTALLATION_MB);
  fail(`Cannot install the packages: npm ci says\n${output.trim()}`);
}

/** Whether node_modules holds what the lock file asks for on this system. */
function isInstalled() {
  const installed = readPackages(join(ROOT, "node_modules", ".package-lock.json"));
  const locked = readPackages(join(ROOT, "package-lock.json"));
  return fs.existsSync(join(ROOT, "node_modules", denoPackage, "deno")) &&
    Object.entries(locked).every(([path, { version, optional }]) =>
      path === "" || optional === true || installed[path]?.version === version
    );
}

function readPackages(lockFile) {
  return fs.existsSync(lockFile) ? JSON.parse(fs.readFileSync(lockFile, "utf8")).packages : {};
}

function checkSpace(neededMb) {
  for (const folder of [ROOT, fs.existsSync(STATE) ? STATE : ROOT]) {
    const { bavail, bsize } = fs.statfsSync(folder);
    if (bavail * bsize < neededMb * 1024 * 1024) failForSpace(neededMb);
  }
}

function failForSpace(neededMb) {
  fail(
    `Cannot go on with less than ${neededMb} MB of free space: ` +
      'free some, or move the state with "WORKFLOW_LOCAL_DIR=<folder> npm start"',
  );
}

/** npm as it was called, or the one that the shell finds. */
function npm() {
  const script = process.env.npm_execpath;
  return script !== undefined && fs.existsSync(script)
    ? { command: process.execPath, args: [script] }
    : { command: "npm", args: [] };
}

/** Runs local/main.ts, passes signals on and ends as it ends. */
function runDeno(deno) {
  const child = spawn(
    deno,
    ["run", "--allow-all", join(ROOT, "local", "main.ts"), ...process.argv.slice(2)],
    {
      cwd: ROOT,
      stdio: "inherit",
      env: {
        ...process.env,
        DENO_DIR: join(STATE, "deno"),
        DENO_NO_UPDATE_CHECK: "1",
        DO_NOT_TRACK: "1",
      },
    },
  );
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => fail(`Cannot start Deno: ${error.message}`));
  child.on("exit", (code, signal) => {
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
  });
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
