/** How many slots the keys of a cluster are spread over. */
const slots = 16_384;

/** CRC16 as XMODEM has it, of each byte; Redis Cluster specification, "Key distribution model". */
const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
  return crc & 0xffff;
});

/**
 * The slot of a key in a cluster: what keys of one slot hold can be changed by one script. Of a key
 * with a hash tag, `{...}`, the first tag alone decides, unless it is empty.
 */
export function slotOf(key: string): number {
  const open = key.indexOf("{");
  const close = open === -1 ? -1 : key.indexOf("}", open + 1);
  const bytes = Buffer.from(close > open + 1 ? key.slice(open + 1, close) : key);
  let crc = 0;
  for (const byte of bytes)
    crc = ((crc << 8) ^ (table[((crc >> 8) ^ byte) & 0xff] as number)) & 0xffff;
  return crc % slots;
}
