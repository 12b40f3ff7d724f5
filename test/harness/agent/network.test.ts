import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { python } from '../../support/python.ts';
import { runAgentCode } from '../../support/run-agent.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

const VARIANTS = sharedPath('golden', 'network', 'variants.json');

describe.skipIf(!python || !hasShared)('the agent’s network', () => {
  test('has the parameters, entries and convolutions of all six official variants, in their order', async () => {
    const { exitCode, stdout, stderr } = await runAgentCode(
      `
import json
import torch
from mlu_agent.network import build_network
from mlu_agent.variant import Variant, variant_of
found = {}
for name, official in json.load(open(sys.argv[1])).items():
    network = build_network(Variant(official["depth"], official["width"], official["depthwise"], 80), [64, 64], "fixed-grids")
    state_dict = network.state_dict()
    again = build_network(variant_of(state_dict), [64, 64], "none").state_dict()
    found[name] = {
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "state_dict_keys": len(state_dict),
        "conv2d": sum(isinstance(module, torch.nn.Conv2d) for module in network.modules()),
        "first_keys": list(state_dict)[:3],
        "found_again": [(key, list(value.shape)) for key, value in again.items()]
            == [(key, list(value.shape)) for key, value in state_dict.items()],
    }
print(json.dumps(found))`,
      [VARIANTS],
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const official: Record<string, Record<string, unknown>> = JSON.parse(readFileSync(VARIANTS, 'utf8'));
    expect(Object.keys(official)).toHaveLength(6);
    const found = JSON.parse(stdout);
    for (const [name, { parameters, state_dict_keys, conv2d, first_keys }] of Object.entries(official)) {
      expect(found[name]).toEqual({ parameters, state_dict_keys, conv2d, first_keys, found_again: true });
    }
  });
});
