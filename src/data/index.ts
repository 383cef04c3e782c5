export type { BatchOrderState } from "./batches.ts";
export { BatchOrder } from "./batches.ts";
export type { Batch, ImageBatches } from "./image-batches.ts";
export type { DataRequest, ImageDataset, Split } from "./image-dataset.ts";
export type { GridShape, TerminalColours } from "./image-grid.ts";
export { encodePng, terminalColours, terminalGrid } from "./image-grid.ts";
export { inferData } from "./infer-data.ts";
export { cacheFolder } from "./open-cached.ts";
export { Prefetcher } from "./prefetch.ts";
export { absoluteData, checkDataSpec, dataSourceOf, dataSources, openData } from "./registry.ts";
export type { DataSource, DataSpec } from "./source.ts";
export type { CifarOptions } from "./sources/cifar.ts";
export { cifarFiles } from "./sources/cifar.ts";
export type { EmojiOptions } from "./sources/emoji.ts";
export { emoji } from "./sources/emoji.ts";
export { fashionMnist } from "./sources/fashion-mnist.ts";
export type { IdxOptions } from "./sources/idx.ts";
export { idxFiles } from "./sources/idx.ts";
export type { ImageFolderOptions } from "./sources/image-folder.ts";
export { imageFolder } from "./sources/image-folder.ts";
export { imageZip } from "./sources/image-zip.ts";
export { mnist } from "./sources/mnist.ts";
export type { StackedMnistOptions } from "./sources/stacked-mnist.ts";
export { stackedMnist } from "./sources/stacked-mnist.ts";
export {
  corpora,
  loadTokenizer,
  openText,
  type TextDataset,
  type TextRequest,
  type TextSpec,
  type Tokenizer,
  trainTokenizer,
} from "./text/index.ts";
