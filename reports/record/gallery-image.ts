import { z } from 'zod';

const galleryBoxSchema = z.object({
  name: z.string(),
  /** Pixels of the image. */
  xyxy: z.tuple([z.number(), z.number(), z.number(), z.number()]),
});

/** Where a run folder keeps the copy of an image: its id, and no way out of the folder. */
export const GALLERY_PICTURE = /^gallery\/-?\d+\.jpg$/;

/** One picture with what each backend found at the demo threshold. */
export const galleryImageSchema = z.object({
  imageId: z.number().int(),
  fileName: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  /** A small copy of the picture, relative to the run folder. Nothing else, since the page takes in what it names. */
  picture: z.string().regex(GALLERY_PICTURE),
  groundTruth: z.array(galleryBoxSchema.extend({ crowd: z.boolean() })),
  backends: z.array(
    z.object({
      backend: z.string(),
      detections: z.array(
        galleryBoxSchema.extend({ score: z.number(), fate: z.enum(['hit', 'false-alarm', 'in-crowd']) }),
      ),
      /** Indices in `groundTruth`. */
      missed: z.array(z.number().int()),
    }),
  ),
});

export type GalleryImage = z.infer<typeof galleryImageSchema>;
