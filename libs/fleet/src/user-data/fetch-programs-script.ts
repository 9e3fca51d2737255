// Runs on the VM under any Node.js from 18 on: brings the agent and the pilot named in vm.json, each checked by its
// digest. A file is either absent or whole and right. No single quote may occur in it: it also has to pass a shell.
export const FETCH_PROGRAMS_SCRIPT = `
const { createHash } = require("node:crypto");
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const base = process.argv[2];
const { serviceUrl, files } = JSON.parse(readFileSync(join(base, "etc", "vm.json"), "utf8"));
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

async function bring(program, { name, sha256 }) {
  const file = join(base, "lib", program + ".cjs");
  if (existsSync(file) && digest(readFileSync(file)) === sha256) return;
  const address = serviceUrl + "/files/" + encodeURIComponent(name);
  const answer = await fetch(address, { signal: AbortSignal.timeout(120000), redirect: "error" });
  if (!answer.ok) throw new Error(address + " answers " + answer.status);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (digest(bytes) !== sha256) throw new Error(address + " is not the program this VM was promised (other digest)");
  mkdirSync(join(base, "lib"), { recursive: true });
  writeFileSync(file + ".new", bytes, { mode: 0o644 });
  renameSync(file + ".new", file);
}

Promise.all(Object.entries(files).map(([program, file]) => bring(program, file))).catch((error) => {
  console.error("bootstrap: " + error.message + (error.cause ? ": " + error.cause.message : ""));
  process.exitCode = 1;
});
`.trim();
