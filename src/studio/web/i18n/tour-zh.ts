import type { TourKey } from "./tour-en.ts";

export const tourZh: Readonly<Record<TourKey, string>> = {
  "tour.progress": "导览各页",
  "tour.count": "第 {n} 页，共 {of} 页",
  "tour.previous": "上一页",
  "tour.next": "下一页：{title}",
  "tour.end": "去游乐场玩",
  "tour.play": "让它运行",
  "tour.pause": "暂停",
  "tour.again": "重新开始",

  "detective.title": "造假者与侦探",
  "detective.intro":
    "有人在地下室印钞票，有人在银行里对着灯光逐张查验。被识破的假钞告诉造假者哪里还要改进，蒙混过关的假钞提醒侦探哪里要看得更仔细。生成对抗网络就是这样一对对手，只不过换成了两个神经网络：生成器把随机噪声变成样本，判别器判断样本看上去有多真。",
  "detective.rule": "请注意造假者始终得不到的东西：真钞。生成器所学到的一切，都来自判别器的裁决。",
  "detective.task":
    "现在由你来当侦探。下面两团点，一团取自真实数据，另一团出自正在本页学习的生成器。哪一团是假的？每过一轮，它都会继续训练，你也会越来越难分辨。",
  "detective.left": "左边是假的",
  "detective.right": "右边是假的",
  "detective.leftCloud": "左边的点云",
  "detective.rightCloud": "右边的点云",
  "detective.training": "造假者正在练习：第 {n} 步，共 {of} 步……",
  "detective.caught": "识破了！橙色的一团是生成的。",
  "detective.fooled": "你被骗了。橙色的一团才是生成的。",
  "detective.opinion": "判别器认为：真实点中有 {real}% 为真，生成点中有 {fake}% 为真。",
  "detective.itCaught": "换作它，也能识破。",
  "detective.itFooled": "换作它，就会上当。",
  "detective.next": "下一轮",
  "detective.score": "{rounds} 轮中识破的次数：你 {you} 次，判别器 {it} 次。",
  "detective.moral":
    "点背后的颜色就是判别器的看法：蓝色处它认为真，橙色处它认为假。你看到的是整团点，它却是逐点判断，所以两个百分比只要略有差距，就足以让造假者露馅。倘若造假者臻于完美，两团点便服从同一分布，谁也不会比抛硬币猜得更准。这正是博弈应有的终点。",

  "value.title": "他们在争什么",
  "value.intro":
    "这场较量可以归结为一个数。D(x) 是判别器认为“x 为真”的概率：它希望对真实样本说 1，对生成样本说 0；生成器则希望假样本被当成真的。于是 D 把价值 V 往上推，G 把它往下压：",
  "value.formula": "极小极大博弈：G 使 D 所能达到的最大价值 V 尽可能小",
  "value.dials":
    "请你来当判别器：面对真实样本，你给多少？面对生成样本呢？两项都是对数：稍有犹豫，代价很小；言之凿凿却判断错误，代价没有上限。",
  "value.onReal": "D(x)：对真实样本",
  "value.onFake": "D(G(z))：对生成样本",
  "value.realTerm": "log D(x)",
  "value.fakeTerm": "log(1 − D(G(z)))",
  "value.sum": "V：两项之和",
  "value.curves": "两项随判别器回答的变化，以及你当前的位置",
  "value.honest":
    "如果对一切都答 1/2，则 V = −2 ln 2 = −1.386：这就是真假完全无法分辨时的博弈价值。",
  "value.line":
    "再来看一条直线上的完整数据。蓝线是真实数据的密度 p；橙线是生成数据的密度 q，你可以移动它。在每个 x 处，最好的回答都是已知的：真实数据在那里所占的比例。",
  "value.bestFormula": "最优判别器等于 p 除以 p 与 q 之和",
  "value.picture": "直线上的真实密度 p、生成密度 q 与最优判别器 p/(p+q)",
  "value.mean": "生成数据的均值",
  "value.spread": "生成数据的离散程度",
  "value.best": "最优 D 下的 V",
  "value.js": "p 与 q 的 JS 散度",
  "value.identity":
    "这两个数说的是同一件事：无论滑块在哪里，总有 V = 2·JS − 2 ln 2。让最优判别器难以分辨，就是让 q 向 p 靠拢。",
  "value.flat":
    "把生成数据移到很远处：此时 D 处处正确，再远一些，JS 也始终停在 ln 2 = 0.693，曲线是平的。一个次次都被识破的造假者，什么也学不到。请记住这一点，最后一页会用到。",

  "turns.title": "你一步，我一步",
  "turns.intro":
    "没有人能一下子解出这场博弈，两个网络只能轮流出招。判别器先看一批真实点和一批生成点，权重沿价值上升的方向走一小步；然后它停住不动，轮到生成器的权重走一小步。梯度穿过判别器传回来，指明每个生成点往哪边移动会更像真的。",
  "turns.task":
    "下面是一次迭代中的十一个瞬间，请按“下一步”。D 更新时留意背景，G 更新时留意橙色的点。然后让它自己运行。",
  "turns.iteration": "第 {n} 次迭代",
  "turns.slow": "回到慢动作",
  "turns.moral":
    "每一步只是针对对手刚才的样子才正确。博弈因此比普通的下降更难：并没有一座固定的山可以往下走。步子小、轮流走，才能让双方始终不相上下。",
  "turns.more": "到游乐场里调整全部规则",

  "images.title": "从点到图像",
  "images.intro":
    "这场博弈并不限于平面上的点。让 x 成为 28×28 个数构成的图像，给两个网络换上卷积层，同样的轮流训练就能教会生成器画画。下面这个生成器是用手写数字训练的。它只拿到六个随机数和数字的类别，从未抄过任何一张图，只是不断听判别器说哪里不像。",
  "images.task":
    "现在这六个数由你掌握。慢慢移动其中一个：数字随之变化，没有跳跃。相邻的噪声给出相邻的图像，噪声空间因此成了一张涵盖所有数字的地图。",
  "images.digit": "数字",
  "images.slider": "噪声 {n}",
  "images.new": "重抽噪声",
  "images.walk": "走向新的噪声",
  "images.picture": "生成器画出的数字 {digit}",
  "images.same": "同一份噪声，换上每个类别：六个数记录的是笔迹，比如倾斜与粗细。",
  "images.classes": "同一笔迹写出的十个数字",
  "images.train": "到图像实验室亲手训练一个",
  "images.more": "在自己的电脑上：",

  "text.title": "文本为何更难",
  "text.intro":
    "一个像素可以稍微亮一点，一个词却不能“稍微更像猫”。文本生成器先给每个词元一个概率，再从中抽取一个。概率是光滑的，抽取却不是：梯度无法从中穿过。",
  "text.drawTask":
    "试一试。骰子已经掷下，不再变动。请非常缓慢地提高“cat”的得分：它的份额平滑增长，写出的词却一直不变，然后突然跳变。",
  "text.sentence": "The … sleeps.",
  "text.score": "“cat”的得分",
  "text.dice": "骰子",
  "text.share": "“cat”的份额：{share}%",
  "text.written": "写出：The {word} sleeps.",
  "text.bar": "各词的份额，以及骰子落下的位置",
  "text.ways":
    "因此，没有办法告诉生成器该把词往哪个方向挪。SeqGAN 的做法是把判别器的裁决当作奖励，让得到奖励的词更容易出现；这样可行，但噪声很大。所以大多数文本 GAN 先从普通的似然训练开始：根据真实文本猜下一个字母。下面的小网络就是这样逐字母在布朗语料库的句子上训练的，所以写的是英文。",
  "text.temperature": "温度",
  "text.write": "再写一次",
  "text.safe": "稳妥",
  "text.wild": "奔放",
  "text.quality": "质量：{value}% 是真正的词",
  "text.diversity": "多样性：{value}% 是不同的词",
  "text.explain":
    "按 {n} 个句子统计。训练句子中至少出现三次的才算词，其余的会标出来。多样性是前 150 个词中不同词的比例。",
  "text.sweep": "试八个温度",
  "text.plot": "质量与多样性；每试一个温度留下一个点",
  "text.axisQuality": "质量",
  "text.axisDiversity": "多样性",
  "text.moral":
    "每个点都是同一个网络，只是温度不同。写得稳妥，就正确而千篇一律；写得奔放，就多变而错误百出。单看一个指标，总能用另一个去换，所以比较文本生成器要看整条曲线。如果只数写对了多少词，一个已经坍缩的 GAN 反而会显得十分出色。",
  "text.loading": "正在载入网络……",

  "cures.title": "会出什么毛病，如何治",
  "cures.intro":
    "训练过 GAN 的人都见过三种病。下面三场博弈用的是同样的八堆数据，各患一种。先让病态的规则跑一会儿，再切换到治好的规则：博弈会从同样的初始权重重新开始。",
  "cures.collapse": "坍缩",
  "cures.collapseText":
    "对手每走一小步，生成器就走十大步。所有点都奔向判别器当下最看好的那一处，挤成一团；一旦被识破，整团又跳到别处。它最多只顾得上一堆，多样性再也回不来。",
  "cures.oscillation": "振荡",
  "cures.oscillationText":
    "双方都学得很快，判别器的坡度也没有约束。点从一堆冲向另一堆，判别器跟在后面重新涂色，覆盖的堆数忽多忽少，没有尽头。",
  "cures.divergence": "发散",
  "cures.divergenceText":
    "生成器步子迈得太大，被甩出了画面。在那里判别器毫不费力就能答对，极小极大损失一片平坦，没有什么能把点召回来。这正是第二页滑块的尽头。",
  "cures.sick": "病态规则",
  "cures.cured": "治好的规则",
  "cures.rules": "这场博弈的规则",
  "cures.modes": "覆盖 {covered}/{of} 堆，JS {js}",
  "cures.iteration": "第 {n} 次迭代",
  "cures.open": "在游乐场打开这些规则",
  "cures.all": "全部运行",
  "cures.none": "全部暂停",
  "cures.cure":
    "三种病用的是同一剂药：相对论损失，它只问真实点是否比生成点更像真的；再加上小步前进，以及 R1 与 R2，分别惩罚判别器在真实点和生成点处的坡度。没有悬崖的判别器，才能给生成器一条可以顺着走的坡（arXiv 2501.05441）。",
  "cures.diracTitle": "最小的病例",
  "cures.dirac":
    "为什么需要惩罚？把博弈缩到最小：数据只有 0 这一个点，生成器是一个点 θ，判别器是一个斜率 ψ。双方依次沿各自的梯度前进。没有惩罚，它们永远互相追逐；加上 R1，同一场博弈便一圈圈收向中心（arXiv 1801.04406）。",
  "cures.without": "没有惩罚：终点距中心 {distance}",
  "cures.with": "R1 为 {weight}：终点距中心 {distance}",
  "cures.weight": "R1 的权重",
  "cures.close":
    "故事到此讲完：两个网络，一个价值，轮流出招，坡度始终平缓。剩下的，就是亲手试一试。",
};
