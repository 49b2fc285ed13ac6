/** @file Ways of corrupting the bytes of a file: each takes them and draws, and returns others. */

export const ofBytes = {
  truncate: (bytes, { below }) => bytes.slice(0, below(bytes.length)),

  "flip bits": (bytes, { below }) => {
    const count = 1 + below(8);
    for (let i = 0; i < count; i++) bytes[below(bytes.length)] ^= 1 << below(8);
    return bytes;
  },

  "overwrite bytes": (bytes, { below }) => {
    const at = below(bytes.length);
    for (let i = at; i < Math.min(bytes.length, at + 1 + below(16)); i++) bytes[i] = below(256);
    return bytes;
  },

  "cut out": (bytes, { below }) => {
    const at = below(bytes.length);
    return joined(bytes.slice(0, at), bytes.slice(at + 1 + below(64)));
  },

  "repeat a part": (bytes, { below }) => {
    const from = below(bytes.length);
    return joined(bytes.slice(0, below(bytes.length)), bytes.slice(from, from + 1 + below(256)), bytes.slice(from));
  },

  "move a part": (bytes, { below }) => {
    const [from, to, length] = [below(bytes.length), below(bytes.length), 1 + below(64)];
    bytes.copyWithin(to, from, from + length);
    return bytes;
  },

  /** A varint becomes the longest one: lengths, dimensions, tags. */
  "huge varint": (bytes, { below }) => {
    const at = below(bytes.length);
    return joined(bytes.slice(0, at), Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 127), bytes.slice(at + 1));
  },

  "swap lengths": (bytes, { below }) => {
    const [a, b] = [below(bytes.length), below(bytes.length)];
    [bytes[a], bytes[b]] = [bytes[b], bytes[a]];
    return bytes;
  },
};

function joined(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
