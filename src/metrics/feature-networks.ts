/** A network whose weights the package brings; it judges one data set. */
export interface FeatureNetworkFile {
  /** The data set that it was trained on and is chosen for. */
  readonly data: string;
  /** Name and version: figures made with different versions are never compared. */
  readonly version: string;
  /** File in `assets/`. */
  readonly asset: string;
  /** sha256 of that file, checked whenever it is read. */
  readonly sha256: string;
  readonly classes: number;
  /**
   * It sees every channel alone: features stand side by side, and each combination of the channels'
   * classes is a class, the first channel's digit leading.
   */
  readonly eachChannel?: boolean;
}

/** Every network, by data set; a new one is a weights file and a line here. */
export const featureNetworks: readonly FeatureNetworkFile[] = [
  {
    data: "mnist",
    version: "classifier-mnist-1",
    asset: "classifier-mnist.safetensors",
    sha256: "c608c1c01d17677830c25c4d3b5af6c695b9a21d99e0d644ea2ee9bf3f5f3087",
    classes: 10,
  },
  {
    data: "fashion-mnist",
    version: "classifier-fashion-mnist-1",
    asset: "classifier-fashion-mnist.safetensors",
    sha256: "aa134764aa86bbf68722a007cda01efa2d26119512c0cec9c6fda1cc28be3226",
    classes: 10,
  },
  {
    data: "stacked-mnist",
    version: "classifier-mnist-1",
    asset: "classifier-mnist.safetensors",
    sha256: "c608c1c01d17677830c25c4d3b5af6c695b9a21d99e0d644ea2ee9bf3f5f3087",
    classes: 10,
    eachChannel: true,
  },
];

/** The network for a data set, or undefined where there is none. */
export function featureNetworkFor(data: string): FeatureNetworkFile | undefined {
  return featureNetworks.find((n) => n.data === data);
}
