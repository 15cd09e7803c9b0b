import Files
import SystemPackage
import Testing

struct CacheFolderTests {
  @Test func `it follows the XDG base directories`() {
    #expect(
      FilePath.caches(environment: ["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/caption")
    #expect(
      FilePath.caches(environment: ["XDG_CACHE_HOME": "c", "HOME": "/h"]) == "/h/.cache/caption")
  }
}
