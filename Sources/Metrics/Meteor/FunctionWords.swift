/// English words that hold sentences together and say little of a picture.
///
/// The list is this project's own, of the closed classes of English grammar: determiners, pronouns,
/// prepositions, conjunctions, auxiliary verbs and particles, with the parts into which the PTB
/// tokenizer splits contractions, and punctuation. METEOR's own list is of the words that are most
/// frequent in its training text.
enum FunctionWords {
  static let all: Set<String> = Set(text.split(whereSeparator: \.isWhitespace).map(String.init))

  private static let text = """
    a an the this that these those some any no each every either neither both all half such
    another other others same much many more most few fewer less least several enough own
    i me my mine myself you your yours yourself yourselves he him his himself she her hers herself
    it its itself we us our ours ourselves they them their theirs themselves one oneself
    who whom whose which what whatever whoever whichever someone somebody something anyone anybody
    anything everyone everybody everything nobody nothing none
    of in on at by for with from to into onto upon about above across after against along alongside
    amid among amongst around as atop before behind below beneath beside besides between beyond
    despite down during except inside like near next off out outside over past per since through
    throughout till toward towards under underneath until unto up via while within without
    and or but nor so yet if then than because although though unless whereas whether
    be am is are was were been being do does did doing done have has had having can could will would
    shall should may might must ought not n't 's 're 've 'll 'd 'm s t re ve ll d m ca wo
    there here where when why how too very also just only even still again
    . , ; : ! ? ' " ` `` '' ( ) [ ] -lrb- -rrb- -lsb- -rsb- -lcb- -rcb- - -- / & % # $
    """
}
