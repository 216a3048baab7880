// One step: src/* and the packages of package-lock.json become web/static/dist/*.
// Python (web/frontend.py) decides when this has to run, and where Node.js comes from.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const here = new URL(".", import.meta.url).pathname;
const dist = new URL("../static/dist", import.meta.url).pathname;
// Built beside and put in place at once: whoever serves meanwhile never sees half of it.
const out = `${dist}.${process.pid}/`;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["src/theme.js", "src/app.js", "src/app.css", "src/drawing.js", "src/drawing.css",
    "src/forms.js", "src/forms.css", "src/modeler.js", "src/modeler.css", "src/rehearse.js"],
  outdir: out,
  loader: { ".woff2": "file" },
  assetNames: "[name]",
  plugins: [anyId()],
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  legalComments: "linked",
  logLevel: "warning",
});
await writeFile(`${out}icons.svg`, await sprite());
await copyFile(`${here}src/mark.svg`, `${out}mark.svg`);
await writeFile(`${out}manifest.json`, JSON.stringify(await versions(), null, 1));
await rm(dist, { recursive: true, force: true });
await rename(out, dist);

/**
 * Lets bpmn-js read ids that XML schema doesn't allow and tools write nevertheless: with spaces,
 * Chinese, or a digit first. It would leave out whatever has such an id; engine/intake takes them.
 */
function anyId() {
  const strict = "/^([a-z][\\w-.]*:)?[a-z_][\\w-.]*$/i.test(id)";
  return { name: "any-id", setup: ({ onLoad }) => onLoad({ filter: /moddle-xml[\\/]dist[\\/]index\.js$/ }, async ({ path }) => {
    const text = await readFile(path, "utf8");
    if (!text.includes(strict)) throw new Error("moddle-xml checks ids differently now: look at anyId in build.mjs");
    return { contents: text.replace(strict, "/\\S/.test(id)"), loader: "js" };
  }) };
}

/** One SVG file with a <symbol> for each icon that a template or script names. */
async function sprite() {
  const names = JSON.parse(await readFile(`${here}icons.json`, "utf8"));
  const symbols = await Promise.all(names.map(async (name) => {
    const svg = await readFile(`${here}node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
    const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
      .replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
      `stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
  }));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

/** File name → content hash, put into addresses so that browsers may keep files for ever. */
async function versions() {
  const found = {};
  for (const name of (await readdir(out)).sort()) {
    const bytes = await readFile(out + name);
    found[name] = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
    if (/\.(css|js|svg)$/.test(name)) await writeFile(`${out}${name}.gz`, gzipSync(bytes, { level: 9 }));
  }
  return found;
}
