/** One file on a server. */
export interface Artifact {
  /** Its name on disk. */
  readonly file: string;
  /** Below each origin, and below the address of a mirror. */
  readonly path: string;
  /** Addresses that serve the same bytes, tried in this order; each ends with `/`. */
  readonly origins: readonly string[];
  /** Undefined where no size is published: the server's word is taken. */
  readonly bytes?: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Where size and hash are published, since neither COCO nor Megvii says them. */
  readonly knownFrom: string;
  /** What the first bytes have to look like. */
  readonly content: ExpectedContent;
}

export type ExpectedContent = 'zip' | 'jpeg' | 'weights';

/** What is taken out of an archive. */
export interface Unpacking {
  /** Names of entries, or of a folder with `/` at the end, whose files are taken. */
  readonly take: string;
  readonly files: number;
  /** For the disk: exact for annotations, of pictures (which a zip cannot make smaller) the size of the archive. */
  readonly bytes: number;
}

export interface FetchPart {
  readonly artifact: Artifact;
  readonly unpack?: readonly Unpacking[];
  /** An archive that several entries need is not removed once unpacked. */
  readonly shared?: true;
}

export interface FetchEntry {
  readonly name: string;
  readonly title: string;
  readonly licence: string;
  /** Its folder below the default one. */
  readonly folder: 'coco' | 'yolox' | 'images';
  readonly parts: readonly FetchPart[];
  /** Of a data set whose pictures can be fetched one by one too. */
  readonly split?: 'val2017' | 'train2017';
}

/**
 * The bucket behind images.cocodataset.org by its name at Amazon, where the certificate holds (mlcommons/inference#2572),
 * and the address of the download page, which has no valid certificate and therefore plain HTTP.
 */
export const COCO_ORIGINS: readonly string[] = [
  'https://s3.amazonaws.com/images.cocodataset.org/',
  'http://images.cocodataset.org/',
];
const YOLOX_ORIGINS = ['https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/'];
const YOLOX_COMMIT = '6ddff4824372906469a7fae2dc3206c7aa4bbaee';

const COCO_KNOWN = 'size and SHA-256: tensorflow/datasets, tensorflow_datasets/url_checksums/coco.txt';
const COCO_LICENCE = 'annotations CC BY 4.0; pictures: the Flickr licence of each, in the annotations';
const APACHE = 'Apache-2.0';

const coco = (file: string, path: string, bytes: number, sha256: string): Artifact => ({
  ...{ file, path, bytes, sha256, origins: COCO_ORIGINS },
  ...{ knownFrom: COCO_KNOWN, content: 'zip' },
});

const ANNOTATIONS = coco(
  'annotations_trainval2017.zip',
  'annotations/annotations_trainval2017.zip',
  252_907_541,
  '113a836d90195ee1f884e704da6304dfaaecff1f023f49b6ca93c4aaae470268',
);
const VAL_JSON: Unpacking = { take: 'annotations/instances_val2017.json', files: 1, bytes: 19_987_840 };
const TRAIN_JSON: Unpacking = { take: 'annotations/instances_train2017.json', files: 1, bytes: 469_785_474 };

const VAL_PICTURES = coco(
  'val2017.zip',
  'zips/val2017.zip',
  815_585_330,
  '4f7e2ccb2866ec5041993c9cf2a952bbed69647b115d0f74da7ce8f4bef82f05',
);
const TRAIN_PICTURES = coco(
  'train2017.zip',
  'zips/train2017.zip',
  19_336_861_798,
  '69a8bb58ea5f8f99d24875f21416de2e9ded3178e903f1f7603e283b9e06d929',
);

function yolox(variant: string, sha256: string, bytes: number | undefined, knownFrom: string): FetchEntry {
  const file = `yolox_${variant}.pth`;
  const title = `official YOLOX-${variant} of release 0.1.1rc0, trained on COCO`;
  const artifact: Artifact = {
    ...{ file, path: file, origins: YOLOX_ORIGINS, sha256, knownFrom, content: 'weights' },
    ...(bytes === undefined ? {} : { bytes }),
  };
  return { name: `yolox-${variant}`, title, licence: APACHE, folder: 'yolox', parts: [{ artifact }] };
}

/** Megvii gives no hashes; these are what projects that pin the release have recorded of it, where several do all alike. */
const ALIKE = 'SHA-256: boquila/montgomery, src/models/yolox/weights.rs, and others alike';

/** Everything that can be fetched, in the order of the list. */
export const MANIFEST: readonly FetchEntry[] = [
  {
    name: 'coco-val2017',
    title: 'COCO val2017: 5,000 pictures and their boxes',
    licence: COCO_LICENCE,
    folder: 'coco',
    split: 'val2017',
    parts: [
      { artifact: ANNOTATIONS, unpack: [VAL_JSON], shared: true },
      { artifact: VAL_PICTURES, unpack: [{ take: 'val2017/', files: 5_000, bytes: 815_585_330 }] },
    ],
  },
  {
    name: 'coco-train2017',
    title: 'COCO train2017: 118,287 pictures and their boxes',
    licence: COCO_LICENCE,
    folder: 'coco',
    split: 'train2017',
    parts: [
      { artifact: ANNOTATIONS, unpack: [TRAIN_JSON], shared: true },
      { artifact: TRAIN_PICTURES, unpack: [{ take: 'train2017/', files: 118_287, bytes: 19_336_861_798 }] },
    ],
  },
  {
    name: 'coco-annotations',
    title: 'COCO 2017 boxes of both splits, without pictures',
    licence: 'CC BY 4.0',
    folder: 'coco',
    parts: [{ artifact: ANNOTATIONS, unpack: [VAL_JSON, TRAIN_JSON], shared: true }],
  },
  yolox(
    'nano',
    'cd28f55fbbc1829f99d9ac9b38a16d259a22889739c8728ea877610201feff7b',
    7_694_953,
    `${ALIKE}; size: the assets of the release`,
  ),
  yolox(
    'tiny',
    '9de513de589ac98bb92d3bca53b5af7b9acfa9b0bacb831f7999d0f7afaee8f0',
    40_755_013,
    `${ALIKE}; size: others that pin the release`,
  ),
  yolox(
    's',
    'f55ded7181e1b0c13285c56e7790b8f0e8f8db590fe4edb37f0b7f345c913a30',
    72_089_125,
    `${ALIKE}; size: others that pin the release`,
  ),
  yolox(
    'm',
    '60076992b32da82951c90cfa7bd6ab70eba9eda243e08b940a396f60ac2d19b6',
    203_114_461,
    `${ALIKE}; size: others that pin the release`,
  ),
  yolox(
    'l',
    '1e6b7fa6240375370b2a8a8eab9066b3cdd43fd1d0bfa8d2027fd3a51def2917',
    undefined,
    `${ALIKE}; size: not published`,
  ),
  yolox(
    'x',
    '5652330b6ae860043f091b8f550a60c10e1129f416edfdb65c259be6caf355cf',
    793_463_373,
    `${ALIKE}; size: kurtvalcorza/yolox-x-detection-pipeline, weights/`,
  ),
  yolox(
    'darknet',
    'b5905e9faf500a2608c93991f91a41a6150bcd2dd30986865a73becd94542fa1',
    undefined,
    'SHA-256: CompressAI-Vision, scripts/install_models.sh; size: not published',
  ),
  {
    name: 'dog',
    title: 'the demo picture of YOLOX, 768×576',
    licence: APACHE,
    folder: 'images',
    parts: [
      {
        artifact: {
          file: 'dog.jpg',
          path: 'assets/dog.jpg',
          origins: [`https://raw.githubusercontent.com/Megvii-BaseDetection/YOLOX/${YOLOX_COMMIT}/`],
          bytes: 163_759,
          sha256: '5a9522051c3cec2bbd2f6323fccba32e8fbf3ddcc2b3e2fd46b04c720bc6f866',
          knownFrom: `size and SHA-256: taken from commit ${YOLOX_COMMIT.slice(0, 12)} of the repository itself`,
          content: 'jpeg',
        },
      },
    ],
  },
];
