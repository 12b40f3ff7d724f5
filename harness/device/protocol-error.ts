/** Bytes that are no frame, or a frame that has no place where it came. Nothing after it can be understood. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}
