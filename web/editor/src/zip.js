// Reading zip archives: the directory at the end is read here, unpacking is the browser's own.
//
// What a directory promises is not believed: members are unpacked one at a time and only those that are wanted, and
// what comes out is counted. A library that unpacks an archive as a whole, or trusts the sizes in its headers, could
// not stop at a limit.

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const MEMBER_SIGNATURE = 0x04034b50;
const END_SIZE = 22;
const ENTRY_SIZE = 46;
const MEMBER_SIZE = 30;
const LONGEST_COMMENT = 0xffff;

/** A directory of more bytes is read by nobody. */
const LARGEST_DIRECTORY = 32_000_000;

const ENCRYPTED = 1;
const UTF_8 = 0x800;
const STORED = 0;
const DEFLATED = 8;
const MADE_ON_UNIX = 3;
const LINK = 0o120000;
const KIND_OF_FILE = 0o170000;

/** Why an archive or one of its members cannot be read. */
export class ZipProblem extends Error {
  /** @param {"damaged" | "unsupported" | "encrypted" | "too-large"} problem */
  constructor(problem) {
    super(problem);
    this.problem = problem;
  }
}

/**
 * @typedef {{name: string, is_folder: boolean, is_link: boolean, is_encrypted: boolean, method: number, crc: number,
 *   packed: number, size: number, offset: number}} Member
 */

/**
 * What the directory of an archive names.
 *
 * @param {Blob} archive
 * @returns {Promise<Member[]>}
 */
export async function members(archive) {
  const tail_start = Math.max(0, archive.size - END_SIZE - LONGEST_COMMENT);
  const tail = await view(archive, tail_start, archive.size);
  const end = find_end(tail);
  if (end < 0) throw new ZipProblem("damaged");
  const size = tail.getUint32(end + 12, true);
  const offset = tail.getUint32(end + 16, true);
  // Archives over 4 GB, of more than 65,535 members or in several parts are written in another way.
  const is_large = size === 0xffffffff || offset === 0xffffffff || tail.getUint16(end + 10, true) === 0xffff;
  if (is_large || tail.getUint16(end + 4, true) !== 0 || size > LARGEST_DIRECTORY) throw new ZipProblem("unsupported");
  // Something may stand before the archive, a program that unpacks it for instance: then offsets count from there.
  const start = tail_start + end - size;
  if (start < offset) throw new ZipProblem("damaged");
  return read_directory(await view(archive, start, start + size), start - offset);
}

/** The last place that can be the end of a directory. */
function find_end(tail) {
  for (let at = tail.byteLength - END_SIZE; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) === END_SIGNATURE && at + END_SIZE + tail.getUint16(at + 20, true) <= tail.byteLength) {
      return at;
    }
  }
  return -1;
}

function read_directory(directory, shift) {
  const found = [];
  let at = 0;
  while (at + ENTRY_SIZE <= directory.byteLength) {
    if (directory.getUint32(at, true) !== ENTRY_SIGNATURE) throw new ZipProblem("damaged");
    const flags = directory.getUint16(at + 8, true);
    const name_start = at + ENTRY_SIZE;
    const name_end = name_start + directory.getUint16(at + 28, true);
    if (name_end > directory.byteLength) throw new ZipProblem("damaged");
    const name = read_name(new Uint8Array(directory.buffer, name_start, name_end - name_start), flags);
    const mode = directory.getUint8(at + 5) === MADE_ON_UNIX ? directory.getUint16(at + 40, true) : 0;
    found.push({
      name,
      is_folder: /[/\\]$/.test(name),
      is_link: (mode & KIND_OF_FILE) === LINK,
      is_encrypted: (flags & ENCRYPTED) !== 0,
      method: directory.getUint16(at + 10, true),
      crc: directory.getUint32(at + 16, true),
      packed: directory.getUint32(at + 20, true),
      size: directory.getUint32(at + 24, true),
      offset: directory.getUint32(at + 42, true) + shift,
    });
    at = name_end + directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true);
  }
  return found;
}

/** Names that are not marked as UTF-8 often are; what is not is read byte by byte. */
function read_name(bytes, flags) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder(flags & UTF_8 ? "utf-8" : "windows-1252").decode(bytes);
  }
}

/**
 * The bytes of a member.
 *
 * @param {Blob} archive
 * @param {Member} member
 * @param {(bytes: number) => void} count hears how many bytes came out, and throws when they are too many
 * @returns {Promise<Uint8Array>}
 */
export async function unpack(archive, member, count) {
  if (member.is_encrypted) throw new ZipProblem("encrypted");
  if (member.method !== STORED && member.method !== DEFLATED) throw new ZipProblem("unsupported");
  if (member.packed === 0xffffffff || member.offset === 0xffffffff) throw new ZipProblem("unsupported");
  const head = await view(archive, member.offset, member.offset + MEMBER_SIZE);
  if (head.byteLength < MEMBER_SIZE || head.getUint32(0, true) !== MEMBER_SIGNATURE) throw new ZipProblem("damaged");
  const start = member.offset + MEMBER_SIZE + head.getUint16(26, true) + head.getUint16(28, true);
  const packed = archive.slice(start, start + member.packed);
  if (packed.size < member.packed) throw new ZipProblem("damaged");
  const stream = member.method === STORED ? packed.stream() : packed.stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const bytes = await collect(stream, count);
  if (bytes.length !== member.size || crc32(bytes) !== member.crc) throw new ZipProblem("damaged");
  return bytes;
}

async function collect(stream, count) {
  const reader = stream.getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    let step;
    try {
      step = await reader.read();
    } catch {
      throw new ZipProblem("damaged");
    }
    if (step.done) break;
    try {
      count(step.value.length);
    } catch (problem) {
      // Nobody waits for the rest.
      reader.cancel().catch(() => {});
      throw problem;
    }
    parts.push(step.value);
    length += step.value.length;
  }
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function view(archive, start, end) {
  return new DataView(await archive.slice(start, end).arrayBuffer());
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes) {
  let value = 0xffffffff;
  for (let at = 0; at < bytes.length; at += 1) value = (value >>> 8) ^ CRC_TABLE[(value ^ bytes[at]) & 0xff];
  return ~value >>> 0;
}
