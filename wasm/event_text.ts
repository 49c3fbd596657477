// The constant parts of an event, as vectors in memory: one load is cheaper than the code that engines generate for a
// constant of 16 bytes.

/** The end of the event before: 61 c0, then 86 a6 "stream". */
export const STREAM_KEY: usize = memory.data<u64>([0x65727473a686c061, 0x6d61], 16);
/** a9 "dev_seqid" */
export const ID_KEY: usize = memory.data<u64>([0x7165735f766564a9, 0x6469], 16);
/** Bytes of each of these two keys, before the integer. */
export const KEY: u32 = 10;
/** a9 "timestamp" d9 20 */
export const STAMP_KEY: usize = memory.data<u64>([0x617473656d6974a9, 0x20d9_706d], 16);
/** ":00.000000+00:00" */
export const FINE_SIGNS: usize = memory.data<u64>([0x303030302e30303a, 0x30303a30302b3030], 16);
/** ":00+00:0"; a "0" follows. */
export const COARSE_SIGNS: u64 = 0x303a30302b30303a;
/** a5 "value" cb, eight bytes, aa */
export const VALUE_KEY: usize = memory.data<u64>([0xcb65756c6176a5, 0xaa00000000000000], 16);
/** "extra_data" 80 a4 "data"; c0 follows. */
export const TAIL: usize = memory.data<u64>([0x61645f6172747865, 0x61746164a4_80_6174], 16);
