/** A picture format, told by the first bytes of the file as `cv2.imread` does, never by its name. */
export type ImageFormat = 'JPEG' | 'PNG' | 'WebP' | 'BMP' | 'GIF' | 'TIFF' | 'unknown';

export function imageFormat(bytes: Uint8Array): ImageFormat {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  if (head.startsWith('\xff\xd8\xff')) return 'JPEG';
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'PNG';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'WebP';
  if (head.startsWith('BM')) return 'BMP';
  if (head.startsWith('GIF8')) return 'GIF';
  if (head.startsWith('II*\0') || head.startsWith('MM\0*')) return 'TIFF';
  return 'unknown';
}
