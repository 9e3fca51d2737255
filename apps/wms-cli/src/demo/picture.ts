// The picture: how it is cut into tiles, and how the tiles become a PNG.
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { PNG } from 'pngjs';

export interface Grid {
  readonly tiles: number;
  readonly columns: number;
  readonly rows: number;
  /** Width and height of a tile in pixels. */
  readonly size: number;
}

const WIDTH = 768;

/** As near to a square as `tiles` allows; the last row may be short. */
export function gridOf(tiles: number): Grid {
  const columns = Math.ceil(Math.sqrt(tiles));
  return { tiles, columns, rows: Math.ceil(tiles / columns), size: Math.max(8, Math.floor(WIDTH / columns)) };
}

/** Tiles with one, two and four cores: three quarters, a sixth, the rest. */
export function coresOfTiles({ tiles }: Grid): ReadonlyMap<number, readonly number[]> {
  const all = Array.from({ length: tiles }, (_, tile) => tile);
  const ofFour = all.filter((tile) => tile % 12 === 5);
  const ofTwo = all.filter((tile) => tile % 6 === 1 && !ofFour.includes(tile));
  const ofOne = all.filter((tile) => !ofFour.includes(tile) && !ofTwo.includes(tile));
  return new Map([
    [1, ofOne],
    [2, ofTwo],
    [4, ofFour],
  ]);
}

/** Puts the tiles (rgb, 3 bytes a pixel) together; throws when one has the wrong size. */
export async function writePicture(grid: Grid, tiles: ReadonlyMap<number, Uint8Array>, file: string): Promise<void> {
  const { columns, rows, size } = grid;
  const png = new PNG({ width: columns * size, height: rows * size, colorType: 2 });
  png.data.fill(255);
  for (const [tile, pixels] of tiles) {
    if (pixels.length !== size * size * 3)
      throw new Error(`tile ${tile} has ${pixels.length} bytes, not ${size * size * 3}`);
    const [left, top] = [(tile % columns) * size, Math.floor(tile / columns) * size];
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const [from, to] = [(y * size + x) * 3, ((top + y) * png.width + left + x) * 4];
        png.data.set(pixels.subarray(from, from + 3), to);
      }
    }
  }
  await pipeline(png.pack(), createWriteStream(file));
}
