/// A number with what it counts, as in “1 photo” and “2 photos”.
func counted(_ count: Int, _ thing: String) -> String {
  "\(count) \(thing)" + (count == 1 ? "" : "s")
}
