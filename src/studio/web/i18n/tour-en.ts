/** The tour's sentences, by key; `tour-zh.ts` holds the same keys. */
export const tourEn = {
  "tour.progress": "Pages of the tour",
  "tour.count": "Page {n} of {of}",
  "tour.previous": "Back",
  "tour.next": "Next: {title}",
  "tour.end": "Go and play",
  "tour.play": "Let it run",
  "tour.pause": "Pause",
  "tour.again": "Start anew",

  "detective.title": "Forger and detective",
  "detective.intro":
    "Someone prints banknotes in a cellar. Someone at the bank holds every note to the light. A note that is caught tells the forger what to mend; a note that slips through tells the detective where to look harder. A generative adversarial network is this pair, made of two neural networks: a generator that makes samples out of random noise, and a discriminator that says how real a sample looks.",
  "detective.rule":
    "Notice what the forger never gets: a real note. Everything the generator learns, it learns from the detective's verdicts.",
  "detective.task":
    "Now you are the detective. One cloud of points was drawn from the real data; the other was made by a generator that is learning on this page. Which one is made? After each round it trains on, and your task gets harder.",
  "detective.left": "The left one",
  "detective.right": "The right one",
  "detective.leftCloud": "The left cloud of points",
  "detective.rightCloud": "The right cloud of points",
  "detective.training": "The forger is practising: step {n} of {of} …",
  "detective.caught": "Caught! The made cloud is the orange one.",
  "detective.fooled": "It fooled you. The made cloud is the orange one.",
  "detective.opinion":
    "The discriminator takes {real} % of the real points for real, and {fake} % of the made ones.",
  "detective.itCaught": "It would have caught the forger, too.",
  "detective.itFooled": "It would have been fooled.",
  "detective.next": "Next round",
  "detective.score": "Rounds: {rounds}. Caught by you: {you}, by the discriminator: {it}.",
  "detective.moral":
    "The colours behind the points are its opinion: blue where it says real, orange where it says made. It judges single points, where you see a whole cloud; a small gap between the two percentages is enough to give the forger away. If the forger ever became perfect, both clouds would follow the same law, and nobody could do better than to toss a coin. That is where the game is meant to end.",

  "value.title": "What they play for",
  "value.intro":
    "The quarrel fits into one number. D(x) is the probability that the discriminator gives to “this is real”. It wants to say 1 to real samples and 0 to made ones; the generator wants the made ones to be taken for real. So D pushes the value V up and G pushes it down:",
  "value.formula": "The minimax game: G minimises over D maximising the value V of D and G",
  "value.dials":
    "Be the discriminator. What do you say to a real sample, and what to a made one? Each term is a logarithm: being a little unsure costs little, being sure and wrong costs without limit.",
  "value.onReal": "D(x), to a real sample",
  "value.onFake": "D(G(z)), to a made sample",
  "value.realTerm": "log D(x)",
  "value.fakeTerm": "log(1 − D(G(z)))",
  "value.sum": "V, their sum",
  "value.curves": "The two terms over the discriminator's answer, with where you stand",
  "value.honest":
    "With the answer 1/2 to everything, V is −2 ln 2 = −1.386: the value of the game when nothing can be told apart.",
  "value.line":
    "Now a whole data set, on a line. Blue is the density of the real data, p; orange is that of the made data, q, which you may move. For every x the best answer is known: the share of the real there.",
  "value.bestFormula": "The best discriminator is p divided by p plus q",
  "value.picture":
    "The real density p, the made density q, and the best discriminator p/(p+q) along a line",
  "value.mean": "mean of the made data",
  "value.spread": "spread of the made data",
  "value.best": "V of the best D",
  "value.js": "Jensen-Shannon divergence of p and q",
  "value.identity":
    "The two figures say the same: V = 2·JS − 2 ln 2, at every place of the sliders. A generator that makes the best discriminator's life hard is bringing q closer to p.",
  "value.flat":
    "Move the made data far away: D is then right everywhere, JS stays at ln 2 = 0.693 however far you go on, and the curve is flat. A forger who is always caught learns nothing from it. Remember this for the last page.",

  "turns.title": "One move each",
  "turns.intro":
    "Nobody solves that game in one go. The two networks take turns. The discriminator sees a batch of real points and a batch of made ones, and its weights move a small step up the value. Then it holds still, and the generator's weights move a small step, through the discriminator: the gradient says in which direction each made point would look more real.",
  "turns.task":
    "Here are those eleven moments of a single iteration; press Next. Watch the background when D moves and the orange points when G moves. Then let it run.",
  "turns.iteration": "Iteration {n}",
  "turns.slow": "Back to slow motion",
  "turns.moral":
    "A move is only right for the opponent as it was a moment ago. That makes a game harder than a descent: there is no single hill to walk down. Small steps and turns that alternate keep the two close to each other.",
  "turns.more": "Play with all the rules in the playground",

  "images.title": "From points to pictures",
  "images.intro":
    "Nothing in the game asks for points in a plane. Let x be a picture, 28 by 28 numbers, and give both networks convolutions, and the same turns teach a generator to draw. This one was trained on handwritten digits. It gets six random numbers and the class of a digit, and it has never copied an image: it only heard from D what does not look right.",
  "images.task":
    "You hold its six numbers now. Move one slowly: the digit changes without a jump. Neighbouring noise gives neighbouring pictures, and that makes the space of noise a map of all digits.",
  "images.digit": "Digit",
  "images.slider": "noise {n}",
  "images.new": "Draw new noise",
  "images.walk": "Walk to new noise",
  "images.picture": "The digit {digit} that the generator draws",
  "images.same":
    "The same noise for every class: what the six numbers hold is the handwriting, its slant and its weight.",
  "images.classes": "All ten digits in the same handwriting",
  "images.train": "Train one yourself in the Image lab",
  "images.more": "On a computer of yours:",

  "text.title": "Why text is harder",
  "text.intro":
    "A pixel may become a little brighter. A word cannot become a little more “cat”. A generator of text gives each token a probability, and then a token is drawn. The probabilities are smooth, the draw is not: no gradient passes through it.",
  "text.drawTask":
    "Try it. The dice have fallen, and stay where they are. Raise the score of “cat” very slowly: its share grows smoothly, but the word that is written stays the same, and then jumps.",
  "text.sentence": "The … sleeps.",
  "text.score": "score of “cat”",
  "text.dice": "dice",
  "text.share": "share of “cat”: {share} %",
  "text.written": "written: The {word} sleeps.",
  "text.bar": "Shares of the words, and where the dice fell",
  "text.ways":
    "So the generator cannot be told in which direction to move its words. SeqGAN treats the discriminator's verdict as a reward and makes rewarded words likelier; that works, with noise. Most text GANs therefore begin with plain likelihood: guess the next letter of real text. The small network below was trained so, on sentences of the Brown corpus, letter by letter.",
  "text.temperature": "temperature",
  "text.write": "Write again",
  "text.safe": "safe",
  "text.wild": "wild",
  "text.quality": "quality: {value} % are words",
  "text.diversity": "diversity: {value} % are different words",
  "text.explain":
    "Of {n} sentences. A word counts if it occurs at least three times in the training sentences; others are marked. Diversity is the share of different words among the first 150.",
  "text.sweep": "Try eight temperatures",
  "text.plot": "Quality over diversity; a dot for each temperature that was tried",
  "text.axisQuality": "quality",
  "text.axisDiversity": "diversity",
  "text.moral":
    "Each dot is the same network at another temperature. Safe writing is correct and says the same few things; wild writing is varied and wrong. One figure alone can always be bought with the other, so generators of text must be compared along the whole curve. And a collapsed GAN looks excellent to anyone who only counts correct words.",
  "text.loading": "The network is being loaded …",

  "cures.title": "What goes wrong, and the cures",
  "cures.intro":
    "Three illnesses are known to everyone who has trained a GAN. Here they are, in three games on the same eight heaps of data. Let the sick rules run for a while, then switch to the cure: the game begins anew from the same weights.",
  "cures.collapse": "Collapse",
  "cures.collapseText":
    "The generator makes ten moves, and large ones, for each small one of its opponent. All of its points run to the single place that D likes best. Once D has found them out, the whole clump jumps elsewhere: it serves one heap at most, and no variety comes back.",
  "cures.oscillation": "Oscillation",
  "cures.oscillationText":
    "Both players learn fast, and nothing holds D's slopes. The points rush from heap to heap, D repaints the map behind them, and the number of heaps goes up and down without end.",
  "cures.divergence": "Divergence",
  "cures.divergenceText":
    "The generator takes giant steps and is thrown out of the picture. D is right there without effort, the minimax loss is flat, and nothing calls the points back. It is the far end of the slider on page 2.",
  "cures.sick": "sick rules",
  "cures.cured": "cured",
  "cures.rules": "The rules of this game",
  "cures.modes": "{covered} of {of} heaps reached, JS {js}",
  "cures.iteration": "Iteration {n}",
  "cures.open": "Open these rules in the playground",
  "cures.all": "Let all run",
  "cures.none": "Pause all",
  "cures.cure":
    "One cure serves for all three: the relativistic loss, which asks whether a real point looks more real than a made one, small steps, and R1 and R2, penalties on the slope of D at real and at made points. A discriminator without cliffs gives the generator a slope that it can follow (arXiv 2501.05441).",
  "cures.diracTitle": "The smallest sick GAN",
  "cures.dirac":
    "Why a penalty? Make the game as small as it can be: the data are a single point at 0, the generator is a point θ, the discriminator a slope ψ. Both follow their gradients, one after the other. Without a penalty they chase each other for ever; with R1 the same game winds down to the middle (arXiv 1801.04406).",
  "cures.without": "Without a penalty: it ends {distance} from the middle",
  "cures.with": "With R1 of {weight}: it ends {distance} from the middle",
  "cures.weight": "weight of R1",
  "cures.close":
    "That is the whole story: two networks, one value, turns, and slopes that are kept gentle. The rest is trying it out.",
};
export type TourKey = keyof typeof tourEn;
