import { type Command, Option } from 'commander';
import { ENGINES } from '../../config/option-choices.ts';
import { parseSize } from '../../config/parse-values.ts';

/** The network that runs. */
export function addNetworkOptions(command: Command): void {
  command.option('--weights <file>', 'checkpoint .pth / .pt, export .onnx, or random:yolox-s?seed=1');
  addSizeOption(command);
  command.addOption(
    new Option('--engine <name>', 'float engine (default: onnxruntime)').choices([...ENGINES]),
  );
}

export function addSizeOption(command: Command): void {
  command.option(
    '--size <n|HxW>',
    'network input (default: 416 for nano and tiny, 640 otherwise)',
    parseSize,
  );
}

/** @param pictures which ones are preprocessed. */
export function addLegacyOption(command: Command, pictures = 'pictures'): void {
  command.option(
    '--legacy',
    `preprocess ${pictures} for weights from before YOLOX 0.1.1: RGB, /255, mean and std`,
  );
}
