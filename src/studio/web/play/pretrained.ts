const files = import.meta.glob<string>("../pretrained/*.safetensors", {
  query: "?url",
  import: "default",
  eager: true,
});

/** The address of a trained pair for a distribution, where there is one. */
export function pretrainedOf(data: string): string | undefined {
  return files[`../pretrained/${data}.safetensors`];
}
