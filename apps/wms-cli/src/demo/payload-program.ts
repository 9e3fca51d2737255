// The program that each tile's job runs: its part of the Mandelbrot set, on as many threads as the job has cores.
// It stands alone in the input sandbox and needs nothing but node.
export const RENDER_PROGRAM = `#!/usr/bin/env node
// usage: render.mjs TILE COLUMNS ROWS TILE_PIXELS  ->  tile_TILE.rgb (TILE_PIXELS x TILE_PIXELS, 3 bytes a pixel)
import { Worker, isMainThread, workerData } from 'node:worker_threads';
import { writeFileSync } from 'node:fs';

const [tile, columns, rows, size] = process.argv.slice(2).map(Number);
const threads = Math.max(1, Number(process.env.OMP_NUM_THREADS ?? 1));
const MOST = 400;

function shade(x, y) {
  const cr = -2.2 + (3.0 * x) / (columns * size);
  const ci = -1.2 + (2.4 * y) / (rows * size);
  let [a, b, n] = [0, 0, 0];
  while (n < MOST && a * a + b * b < 16) [a, b, n] = [a * a - b * b + cr, 2 * a * b + ci, n + 1];
  if (n === MOST) return [8, 12, 28];
  const t = Math.sqrt(n / MOST);
  return [Math.round(255 * Math.min(1, 2.4 * t)), Math.round(255 * Math.min(1, t * t * 3 + 0.12)), Math.round(120 + 135 * Math.sin(9 * t))];
}

function renderRows(pixels, from, to) {
  const [left, top] = [(tile % columns) * size, Math.floor(tile / columns) * size];
  for (let y = from; y < to; y++)
    for (let x = 0; x < size; x++) pixels.set(shade(left + x, top + y), (y * size + x) * 3);
}

if (isMainThread) {
  const shared = new SharedArrayBuffer(size * size * 3);
  const part = Math.ceil(size / threads);
  const ends = [];
  for (let i = 1; i < threads; i++) {
    const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2), workerData: { shared, from: i * part, to: Math.min(size, (i + 1) * part) } });
    ends.push(new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject)));
  }
  renderRows(new Uint8Array(shared), 0, Math.min(size, part));
  await Promise.all(ends);
  writeFileSync(\`tile_\${tile}.rgb\`, new Uint8Array(shared));
  console.log(\`tile \${tile} rendered on \${threads} thread(s)\`);
} else {
  renderRows(new Uint8Array(workerData.shared), workerData.from, workerData.to);
}
`;
