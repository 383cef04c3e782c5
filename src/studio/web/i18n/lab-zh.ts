import type { labEn } from "./lab-en.ts";

export const labZh: Readonly<Record<keyof typeof labEn, string>> = {
  "lab.title": "就在网页里训练图像",
  "lab.lead":
    "小型 DCGAN 在本页中学习，数据不离开你的电脑。可下载训练记录用 gansmith 继续，也可在此打开。",
  "lab.data": "训练图像",
  "lab.drop": "把图片拖到这里，或 MNIST 的 IDX 文件（图像与标签，可为 .gz）",
  "lab.given": "你的 {n} 个文件",
  "lab.static":
    "运行 gansmith studio 可使用已安装的数据集。否则请用自己的图片，或 MNIST 的 train-images-idx3-ubyte 与 train-labels-idx1-ubyte。",
  "lab.noData": "请先选择训练图像：把图片或 IDX 文件拖到页面上。",
  "lab.step": "步数",
  "lab.kimg": "{n} 千张图像",
  "lab.perSecond": "每秒 {n} 张",
  "lab.busy.data": "正在读取图像……",
  "lab.busy.graphs": "正在构建网络……",
  "lab.fakes": "生成图像，第 {n} 步",
  "lab.reals": "真实图像",
  "lab.back": "回看",
  "lab.run": "本次训练",
  "lab.about": "{name}：{n} 张 {size} × {size} 图像，{channels}",
  "lab.download": "下载训练记录",
  "lab.onnx": "下载生成器（ONNX）",
  "lab.open": "打开训练记录",
  "lab.resume":
    "下载的训练记录可从此处继续：解压后运行 gansmith resume 文件夹。gansmith train 的训练也可在此继续：打开其文件夹的 zip，或其中的 config.json、events.jsonl 与最新检查点（两个文件）。",
  "lab.settings": "设置",
  "lab.anew": "更改设置会开始新的训练。",
  "lab.size": "尺寸",
  "lab.colour": "颜色",
  "lab.colour.own": "保持原样",
  "lab.colour.grey": "灰度",
  "lab.colour.colour": "彩色",
  "lab.width": "网络宽度",
  "lab.batch": "每步图像数",
  "lab.conditional": "有类别时，双方都看到类别",
  "lab.regularizers": "正则项（已选 {n} 项）",
};
