import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sampleWeightsPath } from '../../../datasets/index.ts';
import { python } from '../../support/python.ts';
import { runAgentCode } from '../../support/run-agent.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

/** A checkout of Megvii-BaseDetection/YOLOX, of any release; none is kept here. */
const YOLOX = process.env.MLU_PARITY_YOLOX;

describe.skipIf(!python || !YOLOX)(`the official source (MLU_PARITY_YOLOX=${YOLOX ?? 'a checkout'})`, () => {
  test('gives what the agent’s own definition gives, to the bit, in every form of decode', async () => {
    const { exitCode, stdout, stderr } = await runAgentCode(
      `
import copy, json
import torch
from mlu_agent.checkpoints import load_weights
from mlu_agent.network import build_network
from mlu_agent.variant import Variant
torch.manual_seed(1)
found = []
for variant in (Variant(0.33, 0.25, True, 80), Variant(0.33, 0.125, False, 12), Variant(0.67, 0.0625, False, 3), Variant(0.1, 0.0625, False, 3)):
    pixels = torch.rand(2, 3, 96, 160) * 255
    for decode in ("none", "in-place", "concatenated", "fixed-grids"):
        own = build_network(variant, [96, 160], decode)
        for name, buffer in own.named_buffers():
            if name.endswith("running_var"):
                buffer.uniform_(0.5, 2)
        official = build_network(variant, [96, 160], decode, yolox=sys.argv[1])
        load_weights(official, own.state_dict())
        with torch.no_grad():
            expected = own(pixels)
            # A quantiser deep-copies the network, and is given the copy.
            outputs = [official(pixels), copy.deepcopy(official)(pixels)]
        found.append({
            "keys": list(own.state_dict()) == list(official.state_dict()),
            "type": type(official).__module__,
            "equal": [torch.equal(output, expected) for output in outputs],
            "silu": sum(type(module).__name__ == "SiLU" and type(module).__module__ == "mlu_agent.network" for module in official.modules()),
        })
print(json.dumps({"found": found, "left": [name for name in sys.modules if name.split(".")[0] in ("yolox", "loguru")]}))`,
      [YOLOX!],
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { found, left } = JSON.parse(stdout);
    expect(left).toEqual([]);
    expect(found).toHaveLength(16);
    for (const network of found) {
      expect(network).toMatchObject({ keys: true, type: 'yolox.models.yolox', equal: [true, true] });
      expect(network.silu).toBeGreaterThan(50);
    }
  });

  test('leaves no trace in the checkout', () => {
    expect(existsSync(join(YOLOX!, 'yolox', 'models', '__pycache__'))).toBe(false);
  });
});

describe.skipIf(!python)('a folder that is no usable checkout', () => {
  const folder = suiteFolder();
  const refusal = async (path: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await runAgentCode(
      `
from mlu_agent.errors import BadFile
from mlu_agent.load_network import load_network
try:
    load_network(sys.argv[1], [64, 64], "none", yolox=sys.argv[2])
except BadFile as error:
    print(error)`,
      [sampleWeightsPath(), path],
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return stdout;
  };

  test('is refused: one without the source, one whose source cannot be parsed', async () => {
    expect(await refusal(folder)).toContain(`${folder} is no checkout of YOLOX: `);
    const models = join(folder, 'yolox', 'models');
    await mkdir(models, { recursive: true });
    await Promise.all(
      ['network_blocks', 'yolo_pafpn', 'yolo_head', 'yolox'].map((name) =>
        writeFile(join(models, `${name}.py`), 'this is no Python\n'),
      ),
    );
    expect(await refusal(folder)).toMatch(
      /cannot be imported here \(SyntaxError: .*check out the tag 0\.2\.0/,
    );
  });
});
