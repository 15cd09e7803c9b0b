/// The words that the tokenizer knows by heart: abbreviations that keep their full stop, and words
/// that open a sentence.
///
/// Found by running the reference on every string of one to five letters and on half a million
/// words of English, in small letters, capitalised and in capitals.
enum PTBAbbreviations {
  /// When an abbreviation keeps its full stop.
  enum Rule {
    /// Even where the next character alone would make a longer token of it: `Jan.x`.
    case always
    /// Where no longer token begins there: `dr.who` is one word.
    case unlessLonger
    /// Before a number: `no. 5`.
    case beforeNumber
  }

  struct Abbreviation {
    var rule: Rule
    var beginsWithCapital = false
    /// The place of the letter that must be small, if there is one.
    var smallLetter: Int?
  }

  static let longest = 8

  /// The abbreviations of one part, without the full stop, in small letters.
  static let all: [PTBWord: Abbreviation] = {
    var all: [PTBWord: Abbreviation] = [:]
    func add(_ words: String, _ abbreviation: Abbreviation) {
      for word in words.split(separator: " ") { all[PTBWord(word)] = abbreviation }
    }
    add(
      """
      al co ct ga jr ky md mo rd rt sq sr va vt ala apr aug bhd cos dak dec esq est etc ext feb \
      fla fri inc ind jan jul jun kan ltd mar mon neb nev nov oct plc sep seq sys tel thu tue wed \
      wis wyo ariz assn bldg blvd bros colo conn corp intl kans mich minn mont okla penn sept tenn \
      tues univ wisc calif thurs bancorp
      """, Abbreviation(rule: .always))
    add(
      "az la pa ark del ill ore tex mass miss wash",
      Abbreviation(rule: .always, beginsWithCapital: true))
    add("pte pty ptes ptys", Abbreviation(rule: .always, smallLetter: 2))
    add("ppte ppty pptes pptys", Abbreviation(rule: .always, smallLetter: 3))
    add(
      """
      cf dr ft lt mr ms mt ph st vs wm adj adm adv ave cie col cpl det drs ens gen gov hon jos maj \
      mme mrs pfc pvt rep rev sen sfc sgt spc ste alex asst atty brig capt cmdr dept elec govs insp \
      invt mlle msgr natl pres prof reps sens supt assoc attys comdr lieut messrs profs supts treas
      """, Abbreviation(rule: .unlessLonger))
    add("mfg mtg", Abbreviation(rule: .unlessLonger, smallLetter: 1))
    add("ca no op pp art fig nos figs prop", Abbreviation(rule: .beforeNumber))
    return all
  }()

  /// Words that, capitalised, open a sentence, in small letters: a single letter's full stop before
  /// one of them is the end of a sentence.
  static let sentenceOpeners: Set<PTBWord> = Set(
    """
    a an as at he if in it so we but her now one our she the yet you here last many more once some \
    such that then they this what when about after other since their there these while according \
    additionally earlier however
    """.split(separator: " ").map(PTBWord.init))
}
