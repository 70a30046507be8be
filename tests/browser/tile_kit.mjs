/*
 * A small PMTiles file (version 3) with vector tiles (Mapbox Vector Tile 2.1) or pictures,
 * written octet by octet:
 *
 *   tilesOf(box, [9, 12], (z, x, y) => tileOf({ water: [{ ring: [[lon, lat], …], props }] }, z, x, y))
 *   pmtilesOf(tiles, { filler: 4 << 20 })
 *   pngOf('#b03060')
 *
 * A feature is a ring, a line or a point, in degrees, with its properties.
 */
import zlib from 'node:zlib';

const extent = 4096;

/* ---- protobuf ---- */

function varint(value) {
  const bytes = [];
  let rest = BigInt(value);

  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const zigzag = (n) => (n < 0 ? -2 * n - 1 : 2 * n);
const number = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
const packed = (values) => Buffer.concat(values.map(varint));
const bytes = (field, value) => {
  const content = Buffer.from(value);
  return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
};

/* ---- a tile ---- */

export function worldOf([lon, lat]) {
  const sine = Math.sin(lat * Math.PI / 180);
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/* MoveTo, LineTo, and ClosePath for a ring: each step from where the last one ended. */
function geometryOf({ ring, line, point }, z, x, y) {
  const path = (ring ?? line ?? [point]).map((at) => worldOf(at).map((part, i) =>
    Math.round((part * 2 ** z - [x, y][i]) * extent)));
  const steps = path.map((at, i) => at.map((n, axis) => zigzag(n - (path[i - 1]?.[axis] ?? 0))));
  const lines = path.length > 1 ? [((path.length - 1) << 3) | 2, ...steps.slice(1).flat()] : [];

  return packed([(1 << 3) | 1, ...steps[0], ...lines, ...ring ? [(1 << 3) | 7] : []]);
}

const valueOf = (value) => (typeof value === 'number' ? number(4, value) : bytes(1, value));

function layerOf(name, features, z, x, y) {
  const keys = [...new Set(features.flatMap(({ props = {} }) => Object.keys(props)))];
  const values = [...new Set(features.flatMap(({ props = {} }) => Object.values(props)))];
  const featureOf = (feature) => Buffer.concat([
    bytes(2, packed(Object.entries(feature.props ?? {}).flatMap(([k, v]) => [keys.indexOf(k), values.indexOf(v)]))),
    number(3, feature.ring && 3 || feature.line && 2 || 1), bytes(4, geometryOf(feature, z, x, y))]);

  return Buffer.concat([number(15, 2), bytes(1, name), ...features.map((f) => bytes(2, featureOf(f))),
    ...keys.map((key) => bytes(3, key)), ...values.map((value) => bytes(4, valueOf(value))), number(5, extent)]);
}

export const tileOf = (layers, z, x, y) => Buffer.concat(
  Object.entries(layers).map(([name, features]) => bytes(3, layerOf(name, features, z, x, y))));

export function tilesOf([west, south, east, north], [from, to], make) {
  const tiles = [];

  for (let z = from; z <= to; z++) {
    const [left, top] = worldOf([west, north]).map((part) => Math.floor(part * 2 ** z));
    const [right, bottom] = worldOf([east, south]).map((part) => Math.floor(part * 2 ** z));
    for (let x = left; x <= right; x++)
      for (let y = top; y <= bottom; y++) tiles.push({ z, x, y, bytes: make(z, x, y) });
  }
  return tiles;
}

/* ---- a picture ---- */

function chunk(name, content) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const [size, check] = [content.length, zlib.crc32(body)].map((n) => {
    const four = Buffer.alloc(4);
    four.writeUInt32BE(n);
    return four;
  });
  return Buffer.concat([size, body, check]);
}

/* A PNG of one colour, "#rrggbb". */
export function pngOf(colour, side = 8) {
  const head = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 2, 0, 0, 0]);
  const line = Buffer.concat([Buffer.from([0]), ...Array(side).fill(Buffer.from(colour.slice(1), 'hex'))]);

  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head),
    chunk('IDAT', zlib.deflateSync(Buffer.concat(Array(side).fill(line)))), chunk('IEND', Buffer.alloc(0))]);
}

/* ---- the file ---- */

/* All smaller zooms' tiles, then the place on this zoom's Hilbert curve. */
function idOf({ z, x, y }) {
  let id = (4 ** z - 1) / 3;
  let [right, down] = [x, y];

  for (let side = 2 ** (z - 1); side >= 1; side /= 2) {
    const [isRight, isDown] = [right & side ? 1 : 0, down & side ? 1 : 0];
    id += side * side * ((3 * isRight) ^ isDown);
    if (isDown) continue;
    if (isRight) [right, down] = [side - 1 - right, side - 1 - down].map((n) => n & (side - 1));
    [right, down] = [down, right];
  }
  return id;
}

function directoryOf(entries) {
  const ids = entries.map(({ id }, i) => id - (entries[i - 1]?.id ?? 0));

  return zlib.gzipSync(packed([entries.length, ...ids, ...entries.map(() => 1),
    ...entries.map(({ size }) => size), ...entries.map(({ offset }) => offset + 1)]));
}

function headerOf({ directory, metadata, data, n, zooms, type, compression }) {
  const header = Buffer.alloc(127);
  const lengths = [directory.length, metadata.length, 0, data.length];

  header.write('PMTiles\x03', 'latin1');
  lengths.forEach((length, i) => {
    header.writeBigUInt64LE(BigInt(127 + lengths.slice(0, i).reduce((a, b) => a + b, 0)), 8 + 16 * i);
    header.writeBigUInt64LE(BigInt(length), 16 + 16 * i);
  });
  for (const at of [72, 80, 88]) header.writeBigUInt64LE(BigInt(n), at);
  header.set([0, 2, compression, type, ...zooms], 96);
  [-180, -85, 180, 85].forEach((degrees, i) => header.writeInt32LE(degrees * 1e7, 102 + 4 * i));
  return header;
}

/* filler: octets of no tile between the tiles, so that a reader of the whole file shows.
 * type: 1 vector, 2 PNG. */
export function pmtilesOf(tiles, { filler = 0, type = 1 } = {}) {
  const isVector = type === 1;
  const sorted = tiles.map((tile) => ({ id: idOf(tile), bytes: isVector ? zlib.gzipSync(tile.bytes) : tile.bytes }))
    .sort((a, b) => a.id - b.id);
  const gap = Buffer.alloc(Math.floor(filler / sorted.length));
  let offset = 0;
  const entries = sorted.map((tile) => {
    const entry = { id: tile.id, size: tile.bytes.length, offset };
    offset += tile.bytes.length + gap.length;
    return entry;
  });
  const zooms = [Math.min, Math.max].map((of) => of(...tiles.map(({ z }) => z)));
  const directory = directoryOf(entries);
  const metadata = zlib.gzipSync('{}');
  const data = Buffer.concat(sorted.flatMap((tile) => [tile.bytes, gap]));

  return Buffer.concat([headerOf({ directory, metadata, data, n: tiles.length, zooms, type, compression: isVector ? 2 : 1 }),
    directory, metadata, data]);
}
